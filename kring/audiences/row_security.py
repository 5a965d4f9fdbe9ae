"""An array cannot have a foreign key: a trigger keeps every audience within its school."""

from django.db.migrations.operations import RunSQL

FUNCTION = """
CREATE OR REPLACE FUNCTION kring_audience_of_school() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT unnest(NEW.group_ids) EXCEPT
               SELECT id FROM schools_group WHERE school_id = NEW.school_id)
    OR EXISTS (SELECT unnest(NEW.student_ids) EXCEPT
               SELECT id FROM schools_student WHERE school_id = NEW.school_id)
    THEN
        RAISE foreign_key_violation USING MESSAGE = 'an audience lies within one school';
    END IF;
    RETURN NEW;
END $$
"""


def keep_audience(table: str) -> RunSQL:
    """The migration operation for one addressed table."""
    return RunSQL(
        [
            FUNCTION,
            f"""CREATE TRIGGER kring_audience
            BEFORE INSERT OR UPDATE OF school_id, group_ids, student_ids ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION kring_audience_of_school()""",
        ],
        f'DROP TRIGGER kring_audience ON "{table}"',
    )
