"""The expense rules of versions, read along with them in one statement."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from contracts.models import ContractVersion, ExpenseCategory, ExpenseRule

_AMOUNTS = ("markup_percent", "ceiling", "unit_price")


def with_expense_rules(versions: QuerySet[ContractVersion]) -> QuerySet[ContractVersion]:
    """Read each version with its expense rules, for `expense_rules_read`."""
    # As text: a JSON number would come back as a float.
    amounts = {name: Cast(name, TextField()) for name in _AMOUNTS}
    told = JSONObject(
        line_key="line_key",
        billed="billed",
        category=F("category__name"),
        unit=F("category__unit"),
        **amounts,
    )
    rules = ExpenseRule.objects.filter(contract_version=OuterRef("pk"))
    return versions.annotate(expenses_told=ArraySubquery(rules.values(told=told)))


def expense_rules_read(version: ContractVersion) -> list[ExpenseRule]:
    """Return the rules that `with_expense_rules` read, else reads them now; for showing, not for saving."""
    told: list[dict[str, Any]] | None = getattr(version, "expenses_told", None)
    if told is None:
        return list(version.expense_rules.select_related("category"))
    return [_rule(one) for one in told]


def _rule(told: dict[str, Any]) -> ExpenseRule:
    category = ExpenseCategory(name=told["category"], unit=told["unit"]) if told["category"] else None
    amounts = {name: told[name] and Decimal(told[name]) for name in _AMOUNTS}
    return ExpenseRule(line_key=told["line_key"], billed=told["billed"], category=category, **amounts)
