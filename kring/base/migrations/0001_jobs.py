from django.db import migrations

# Whoever acts in a block may put a job of the own schools into the queue, and see nothing of it.
ENQUEUE = """
CREATE OR REPLACE FUNCTION kring_enqueue(
    queue text, task text, priority integer, lock text, arguments jsonb, at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('role') = 'kring_app' AND NOT coalesce(
        (arguments ->> 'school_id')::uuid = ANY (
            coalesce(nullif(current_setting('kring.school_ids', true), ''), '{}')::uuid[]), false)
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'a job is for one of the own schools';
    END IF;
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args, scheduled_at)
    VALUES (queue, task, least(priority, 100), lock, arguments, at);
END $$;
REVOKE ALL ON FUNCTION kring_enqueue FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_enqueue TO kring_app, kring_web, kring_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events,
    procrastinate_periodic_defers, procrastinate_workers TO kring_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kring_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("procrastinate", "0041_post_retry_failed_job")]
    operations = [migrations.RunSQL(ENQUEUE, "DROP FUNCTION kring_enqueue")]
