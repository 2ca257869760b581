"""Load the currencies in use, with their minor units (CLDR), and start the human numbers."""

from babel import Locale
from babel.numbers import (
    get_currency_name,
    get_currency_precision,
    get_territory_currencies,
)
from django.db import migrations


def load(apps, schema_editor):
    territories = Locale("en").territories
    codes = {code for territory in territories for code in get_territory_currencies(territory)}
    currency = apps.get_model("core", "Currency")
    currency.objects.bulk_create(
        currency(
            code=code,
            name=get_currency_name(code, locale="en"),
            minor_unit=get_currency_precision(code),
        )
        for code in sorted(codes)
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunSQL(
            "CREATE SEQUENCE core_exception_number START 1001",
            "DROP SEQUENCE core_exception_number",
        ),
    ]
