"""Human numbers of workers and projects."""

from django.db import migrations

STARTS = {"projects_worker_number": 1001, "projects_project_number": 3001}


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [f"CREATE SEQUENCE {name} START {start}" for name, start in STARTS.items()],
            [f"DROP SEQUENCE {name}" for name in STARTS],
        ),
    ]
