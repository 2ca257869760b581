"""Human numbers of runs and proposals."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE billing_proposal_number START 10001; CREATE SEQUENCE billing_run_number START 101",
            "DROP SEQUENCE billing_proposal_number; DROP SEQUENCE billing_run_number",
        ),
    ]
