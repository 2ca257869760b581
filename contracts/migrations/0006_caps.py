from decimal import Decimal

import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_deals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contractline",
            name="cap_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most the line bills in all, net, in the contract's currency.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="contractline",
            name="cap_hours",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most hours the line bills in all.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="contractversion",
            name="cap_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most the whole contract bills, net, in its currency.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="contractversion",
            name="cap_hours",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most hours the whole contract bills.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="historicalcontractline",
            name="cap_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most the line bills in all, net, in the contract's currency.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="historicalcontractline",
            name="cap_hours",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most hours the line bills in all.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="historicalcontractversion",
            name="cap_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most the whole contract bills, net, in its currency.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="historicalcontractversion",
            name="cap_hours",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most hours the whole contract bills.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="historicalpayer",
            name="purchase_order_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most the purchase order pays in all, net, in the contract's currency.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddField(
            model_name="payer",
            name="purchase_order_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Most the purchase order pays in all, net, in the contract's currency.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
            ),
        ),
        migrations.AddConstraint(
            model_name="contractline",
            constraint=models.CheckConstraint(
                condition=models.Q(("cap_amount__isnull", True), ("cap_amount__gte", 0), _connector="OR"),
                name="line_cap_amount_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractline",
            constraint=models.CheckConstraint(
                condition=models.Q(("cap_hours__isnull", True), ("cap_hours__gte", 0), _connector="OR"),
                name="line_cap_hours_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("cap_amount__isnull", True), ("cap_amount__gte", 0), _connector="OR"),
                name="version_cap_amount_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("cap_hours__isnull", True), ("cap_hours__gte", 0), _connector="OR"),
                name="version_cap_hours_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purchase_order_amount__isnull", True),
                    ("purchase_order_amount__gte", 0),
                    _connector="OR",
                ),
                name="purchase_order_amount_not_negative",
            ),
        ),
    ]
