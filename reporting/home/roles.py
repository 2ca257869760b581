"""What each role sees first: the lists and figures of its day, in the order they matter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from core.models import Role, User
from core.permissions import memberships
from core.presentation.parts import Kpi
from core.queries.exchange import exchange_for
from reporting.home import billing, exceptions, spending, systems, work
from reporting.home.parts import Reader, Section

Lists = tuple[Callable[[Reader], Section], ...]
Figures = tuple[Callable[[Reader], Kpi], ...]

_FINANCE: Lists = (exceptions.needs_you, billing.current_runs, systems.open_breaks)
_LISTS: dict[str, Lists] = {
    Role.FINANCE: _FINANCE,
    Role.FINANCE_LEAD: (billing.to_approve, *_FINANCE),
    Role.PROJECT_MANAGER: (
        work.time_to_approve,
        spending.expenses_to_approve,
        billing.unbilled_by_contract,
        exceptions.needs_you,
    ),
    Role.PMO: (
        work.time_to_approve,
        spending.expenses_to_approve,
        exceptions.needs_you,
        billing.unbilled_by_contract,
    ),
    Role.CONSULTANT: (work.own_week, spending.own_expenses),
    Role.INTEGRATION_SUPPORT: (systems.systems, exceptions.needs_you),
    Role.DATA_STEWARD: (exceptions.needs_you,),
    Role.EXECUTIVE: (billing.unbilled_by_contract, billing.current_runs),
    Role.AUDITOR: (billing.current_runs, systems.open_breaks),
}
_MONEY: Figures = (exceptions.at_stake, billing.unbilled, billing.in_approval, systems.breaks_total)
_FIGURES: dict[str, Figures] = {
    Role.FINANCE: _MONEY,
    Role.FINANCE_LEAD: (billing.in_approval, exceptions.at_stake, billing.unbilled, systems.breaks_total),
    Role.PROJECT_MANAGER: (work.hours_waiting, billing.unbilled, exceptions.at_stake),
    Role.PMO: (work.hours_waiting, billing.unbilled, exceptions.at_stake),
    Role.INTEGRATION_SUPPORT: (systems.stuck_messages,),
    Role.DATA_STEWARD: (exceptions.at_stake,),
    Role.EXECUTIVE: (billing.billed, billing.unbilled, exceptions.at_stake),
    Role.AUDITOR: _MONEY,
}


@dataclass(frozen=True)
class Home:
    """One person's home page."""

    kpis: tuple[Kpi, ...]
    sections: tuple[Section, ...]


def home_of(user: User, *, now: datetime) -> Home:
    """Return what waits for the person, by all the roles held today."""
    reader = reader_of(user, now)
    roles = [role for role in Role.values if role in {held for held, _ in memberships(user)}]
    lists = dict.fromkeys(one for role in roles for one in _LISTS.get(role, ()))
    figures = dict.fromkeys(one for role in roles for one in _FIGURES.get(role, ()))
    return Home(tuple(kpi(reader) for kpi in list(figures)[:4]), tuple(one(reader) for one in lists))


def reader_of(user: User, now: datetime) -> Reader:
    """Return the reader with the currency in which sums are estimated."""
    return Reader(user, now, exchange_for(user, timezone.localdate(now)))
