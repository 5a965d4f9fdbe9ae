from django.db import migrations

# Whoever acts in a block may enqueue a job of ours, and nothing else of the queue.
ENQUEUE = """
CREATE OR REPLACE FUNCTION kring_enqueue(
    queue text, task text, priority integer, lock text, arguments jsonb, at timestamptz
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args, scheduled_at)
    VALUES (queue, task, priority, lock, arguments, at) RETURNING id
$$;
REVOKE ALL ON FUNCTION kring_enqueue FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_enqueue TO kring_app, kring_web, kring_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events,
    procrastinate_periodic_defers, procrastinate_workers TO kring_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kring_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("procrastinate", "0041_post_retry_failed_job")]
    operations = [migrations.RunSQL(ENQUEUE, "DROP FUNCTION kring_enqueue")]
