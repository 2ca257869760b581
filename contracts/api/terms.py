"""How terms look in and out of the API."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from contracts.actions.expense_rules import ExpenseTerms
from contracts.actions.fixed_fees import InstalmentTerms, MilestoneTerms
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.models import (
    ContractLine,
    ContractVersion,
    ExpenseRule,
    InstalmentTerm,
    MilestoneTerm,
    Payer,
)
from contracts.states import BillingMethod, IncrementRounding
from core.api.serializers import Input, Output


def _ceiling() -> serializers.DecimalField:
    """Return the most that is billed: net in the contract's currency, or in hours; null is no cap."""
    return serializers.DecimalField(
        max_digits=18, decimal_places=4, min_value=Decimal(0), required=False, allow_null=True
    )


class MilestoneTermInput(Input):
    """One milestone; without amounts the milestones of a line are equal parts of its fee."""

    key = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=160)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    required_percent = serializers.DecimalField(max_digits=7, decimal_places=4, required=False)
    deemed_after_days = serializers.IntegerField(min_value=1, max_value=3660, required=False, allow_null=True)


class InstalmentTermInput(Input):
    """One instalment: the day it falls due, and its amount."""

    key = serializers.SlugField(max_length=40)
    due_on = serializers.DateField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=4)


class LineInput(Input):
    """One line of the terms; `key` names it across versions, `service_line` is a code."""

    key = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=160)
    service_line = serializers.CharField(max_length=30)
    billing_method = serializers.ChoiceField(choices=BillingMethod.choices, required=False)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)
    increment = serializers.DecimalField(max_digits=6, decimal_places=4, required=False)
    increment_rounding = serializers.ChoiceField(choices=IncrementRounding.choices, required=False)
    hours_per_day = serializers.DecimalField(max_digits=5, decimal_places=2, required=False)
    discount_percent = serializers.DecimalField(max_digits=7, decimal_places=4, required=False)
    cap_amount = _ceiling()
    cap_hours = _ceiling()
    milestones = serializers.ListField(child=MilestoneTermInput(), required=False, max_length=200)
    instalments = serializers.ListField(child=InstalmentTermInput(), required=False, max_length=400)


class PayerInput(Input):
    """Who pays how much of 100 percent; `billing_account` is a code."""

    billing_account = serializers.CharField(max_length=20)
    percent = serializers.DecimalField(max_digits=7, decimal_places=4, required=False)
    takes_rounding = serializers.BooleanField(required=False)
    purchase_order = serializers.CharField(max_length=40, required=False, allow_blank=True)
    purchase_order_amount = _ceiling()


class ExpenseInput(Input):
    """A rule on expenses: of a line's key and a category's code, or of all where these are left out.

    Amounts are in the contract's currency; the most specific rule decides, the line before the category.
    """

    line = serializers.SlugField(max_length=40, required=False, allow_blank=True)
    category = serializers.CharField(max_length=30, required=False, allow_blank=True)
    billed = serializers.BooleanField(required=False)
    markup_percent = serializers.DecimalField(
        max_digits=7, decimal_places=4, required=False, min_value=Decimal(0), max_value=Decimal(100)
    )
    ceiling = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)
    unit_price = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)


class TermsInput(Input):
    """Dates, caps of the whole contract, lines, payers, expense rules; each kind is replaced as a whole."""

    effective_from = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True)
    cap_amount = _ceiling()
    cap_hours = _ceiling()
    lines = serializers.ListField(child=LineInput(), required=False, max_length=200)
    payers = serializers.ListField(child=PayerInput(), required=False, max_length=50)
    expenses = serializers.ListField(child=ExpenseInput(), required=False, max_length=200)


def as_terms(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with lines, payers and expense rules as the verbs take them."""
    given = dict(values)
    if "lines" in given:
        given["lines"] = [_line_terms(line) for line in given["lines"]]
    if "payers" in given:
        given["payers"] = [PayerTerms(**payer) for payer in given["payers"]]
    if "expenses" in given:
        given["expenses"] = [ExpenseTerms(**rule) for rule in given["expenses"]]
    return given


def _line_terms(line: dict[str, Any]) -> LineTerms:
    milestones = tuple(MilestoneTerms(**term) for term in line.get("milestones", ()))
    instalments = tuple(InstalmentTerms(**term) for term in line.get("instalments", ()))
    return LineTerms(**{**line, "milestones": milestones, "instalments": instalments})


class MilestoneTermOutput(Output):
    """A milestone of a line."""

    class Meta:
        model = MilestoneTerm
        fields = ("key", "name", "amount", "due_on", "required_percent", "deemed_after_days")


class InstalmentTermOutput(Output):
    """An instalment of a line."""

    class Meta:
        model = InstalmentTerm
        fields = ("key", "due_on", "amount")


class LineOutput(Output):
    """A line of a version."""

    service_line = serializers.CharField(source="service_line.code")
    milestones = MilestoneTermOutput(many=True)
    instalments = InstalmentTermOutput(many=True)

    class Meta:
        model = ContractLine
        fields = (
            *("key", "name", "service_line", "billing_method", "amount", "increment", "increment_rounding"),
            *("hours_per_day", "discount_percent", "cap_amount", "cap_hours", "milestones", "instalments"),
        )


class PayerOutput(Output):
    """A payer of a version."""

    billing_account = serializers.CharField(source="billing_account.code")

    class Meta:
        model = Payer
        fields = ("billing_account", "percent", "takes_rounding", "purchase_order", "purchase_order_amount")


class ExpenseOutput(Output):
    """A rule on expenses; an empty line or category stands for all of them."""

    line = serializers.CharField(source="line_key")
    category = serializers.CharField(source="category.code", default="")

    class Meta:
        model = ExpenseRule
        fields = ("line", "category", "billed", "markup_percent", "ceiling", "unit_price")


class VersionOutput(Output):
    """A version with its lines, payers and expense rules."""

    contract = serializers.CharField(source="contract.code")
    lines = LineOutput(many=True)
    payers = PayerOutput(many=True)
    expenses = ExpenseOutput(source="expense_rules", many=True)
    prepared_by = serializers.CharField(source="prepared_by.username")
    approved_by = serializers.CharField(source="approved_by.username", default=None, allow_null=True)

    class Meta:
        model = ContractVersion
        fields = (
            *("id", "contract", "number", "status", "effective_from", "ends_on", "reason", "lines", "payers"),
            *("expenses", "cap_amount", "cap_hours"),
            *("prepared_by", "submitted_at", "approved_by", "approved_at", "content_sha256"),
            *("version", "created_at", "updated_at"),
        )


READ_WITH = ("contract", "prepared_by", "approved_by")
PREFETCHED = (
    *("lines__service_line", "lines__milestones", "lines__instalments"),
    *("payers__billing_account", "expense_rules__category"),
)
