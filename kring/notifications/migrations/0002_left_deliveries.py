from django.db import migrations

# Chunks with something due and no job. Across schools, so for the worker only; it gives ids away
# and nothing else. The minutes are those of a job that is being made at this moment.
LEFT = """
CREATE OR REPLACE FUNCTION kring_left_deliveries() RETURNS TABLE (school_id uuid, chunk uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT due.school_id, due.chunk FROM notifications_delivery due
    WHERE due.state IN ('queued', 'sending') AND due.created_at < now() - interval '5 minutes'
    AND NOT EXISTS (
        SELECT FROM procrastinate_jobs job
        WHERE job.lock = 'deliver ' || due.chunk AND job.status IN ('todo', 'doing')
    )
$$;
REVOKE ALL ON FUNCTION kring_left_deliveries FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_left_deliveries TO kring_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("base", "0001_jobs")]
    operations = [migrations.RunSQL(LEFT, "DROP FUNCTION kring_left_deliveries")]
