"""Where an exact number or code is shown: what Enter in the search opens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from billing.queries.visibility import visible_proposals, visible_runs
from contracts.queries import visible_contracts, visible_customers, visible_rate_cards
from core.models import User
from core.queries.exceptions import visible_exceptions
from projects.queries import visible_projects, visible_workers
from reporting.queries.addresses import address


@dataclass(frozen=True)
class _Page:
    """One kind of page: the rows the person may see, the number in its address, other numbers it goes by."""

    name: str
    rows: Callable[[User], QuerySet[Any]]
    number: str
    others: tuple[str, ...] = ()


_PAGES = (
    _Page("contract", visible_contracts, "code"),
    _Page("billing_run", visible_runs, "number"),
    _Page(
        "proposal",
        visible_proposals,
        "number",
        ("erp_number", "erp_documents__number", "payments__external_id"),
    ),
    _Page("exception", visible_exceptions, "number"),
    _Page("project", visible_projects, "code"),
    _Page("customer", visible_customers, "code"),
    _Page("rate_card", visible_rate_cards, "code"),
    _Page("worker", visible_workers, "code"),
)


def page_of(text: str, user: User) -> str:
    """Return the address of the one object of exactly this number; nothing where none or several have it."""
    wanted = text.strip().replace("\0", "")[:160]
    if not wanted:
        return ""
    first, *others = [_numbers(page, wanted, user) for page in _PAGES]
    found = list(first.union(*others))
    return address(*found[0]) if len(found) == 1 else ""


def _numbers(page: _Page, wanted: str, user: User) -> QuerySet[Any]:
    named = Q()
    for name in (page.number, *page.others):
        named |= Q(**{f"{name}__iexact": wanted})
    number = Cast(F(page.number), CharField())
    return page.rows(user).filter(named).order_by().values_list(Value(page.name), number)
