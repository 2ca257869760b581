"""Human numbers of milestones; a decision about one is never edited, whoever asks."""

from django.db import migrations

GUARD = """
CREATE FUNCTION projects_keep_sign_offs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A sign-off is a fact and stays: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER sign_offs_stay BEFORE UPDATE OR DELETE ON projects_signoff
FOR EACH ROW EXECUTE FUNCTION projects_keep_sign_offs();
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_milestones")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE projects_milestone_number START 1001", "DROP SEQUENCE projects_milestone_number"
        ),
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER sign_offs_stay ON projects_signoff; DROP FUNCTION projects_keep_sign_offs();",
        ),
    ]
