"""Human numbers of customers, billing accounts, contracts and rate cards."""

from django.db import migrations

STARTS = {
    "contracts_customer_number": 1001,
    "contracts_billing_account_number": 1001,
    "contracts_contract_number": 2001,
    "contracts_rate_card_number": 101,
}


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [f"CREATE SEQUENCE {name} START {start}" for name, start in STARTS.items()],
            [f"DROP SEQUENCE {name}" for name in STARTS],
        ),
    ]
