"""Agreements brought to a stage of billing, for the tests of pages, API and read models."""

from datetime import date

from billing.models import BillingRun, Proposal
from core.actors import Actor
from core.models import User
from tests.billing.builders import Agreement
from tests.billing.documents import run_to, tax_rule

CUT_OFF = date(2026, 3, 31)


def worked(hours: str = "8", on: date = date(2026, 3, 2), **terms: object) -> Agreement:
    """Return an agreement at 150 an hour with one priced piece of work."""
    agreement = Agreement(**terms)  # type: ignore[arg-type]
    agreement.rate("150")
    tax_rule(agreement.contract)
    agreement.works(hours, on)
    agreement.price()
    return agreement


def proposed(preparer: User, hours: str = "8") -> tuple[Agreement, BillingRun, Proposal]:
    """Return such an agreement with its proposal in a completed run."""
    agreement = worked(hours)
    run = run_to(agreement.contract, CUT_OFF, Actor.of(preparer))
    return agreement, run, run.proposals.get()
