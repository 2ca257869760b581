"""Load the whole firm: all of it, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from config.demo.cast import Cast
from config.demo.firm.work import WorkPlan
from config.demo.loading.accounts import issue_service_token, load_accounts
from config.demo.loading.agreements import load_contracts, load_customers
from config.demo.loading.delivery import load_projects, load_templates, load_workers
from config.demo.loading.reference import load_reference
from config.demo.loading.systems import load_crm, load_systems
from config.demo.loading.worktime import load_time
from core.correlation import correlated
from core.models import User
from core.reactions import run_reactions

Say = Callable[[str], object]


class AlreadyLoaded(Exception):
    """There are people in the database: it is a firm's, or the demo's from an earlier start."""


@dataclass(frozen=True)
class Loaded:
    """What came of it: the number of entries, and the token's secret, shown nowhere else."""

    entries: int
    token: str


def load_firm(plan: WorkPlan, say: Say) -> Loaded:
    """Load the demo firm into an empty database, in one transaction; refuse any other database."""
    if User.objects.exists():
        raise AlreadyLoaded("There is data already: nothing was loaded. To start over: make demo-reset")
    with transaction.atomic():
        with correlated(None):
            load_reference(plan.calendar)
            load_accounts()
            load_systems()
        cast = Cast.gather()
        with correlated(None):
            load_crm(cast)
            load_customers(cast)
            load_contracts(cast, plan.calendar)
        say("Customers, contracts and rate cards are in.")
        with correlated(None):
            load_workers(cast, plan.calendar)
            load_templates()
            load_projects(cast, plan.calendar)
        # Nothing is priced yet: the events so far are settled cheaply before the work arrives.
        run_reactions()
        say("Projects are staffed; taking in recorded time …")
        entries = load_time(cast, plan)
        say(f"{entries:,} time entries are in; pricing the approved ones …")
        run_reactions()
        with correlated(None):
            return Loaded(entries, issue_service_token(cast))
