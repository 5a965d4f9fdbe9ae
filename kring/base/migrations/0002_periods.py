from django.db import migrations

# Which job does which period of what comes back by the clock; nothing of anybody.
PERIODS = """
CREATE TABLE kring_period (
    task text NOT NULL,
    moment bigint NOT NULL,
    job_id bigint NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (task, moment)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON kring_period TO kring_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0001_jobs")]
    operations = [migrations.RunSQL(PERIODS, "DROP TABLE kring_period")]
