from django.db import migrations

# Of which school an invitation was that came back; for the worker, which then works for it only.
SCHOOL_OF = """
CREATE OR REPLACE FUNCTION kring_school_of_invitation(invitation uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT school_id FROM joining_invitation WHERE id = invitation
$$;
REVOKE ALL ON FUNCTION kring_school_of_invitation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_school_of_invitation TO kring_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("joining", "0001_initial")]
    operations = [migrations.RunSQL(SCHOOL_OF, "DROP FUNCTION kring_school_of_invitation")]
