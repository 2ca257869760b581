"""Where the things a charge or document names are shown."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from billing.models import BillingRun, Charge


def run_address(run: BillingRun) -> str:
    """Return the page of a billing run."""
    return reverse("billing_run", args=[run.number])


def proposal_address(number: str) -> str:
    """Return the page of an invoice proposal or credit note."""
    return reverse("proposal", args=[number])


def charge_address(charge: Charge) -> str:
    """Return the page of a charge with its source and decisions."""
    return reverse("charge", args=[charge.pk])


def charges_address(**filters: object) -> str:
    """Return the list of charges narrowed by its own filters."""
    return _with_query(reverse("charges"), filters)


def proposals_address(**filters: object) -> str:
    """Return the list of proposals narrowed by its own filters."""
    return _with_query(reverse("proposals"), filters)


def contract_address(code: str) -> str:
    """Return the page of a contract."""
    return reverse("contract", args=[code])


def version_address(code: str, number: int) -> str:
    """Return the page of a contract's version."""
    return reverse("contract_version", args=[code, number])


def rate_card_address(code: str) -> str:
    """Return the page of a rate card."""
    return reverse("rate_card", args=[code])


def entry_address(entry_id: UUID) -> str:
    """Return the page of a time entry."""
    return reverse("time_entry", args=[entry_id])


def milestone_address(code: str) -> str:
    """Return the page of a milestone."""
    return reverse("milestone", args=[code])


def expense_address(expense_id: UUID) -> str:
    """Return the page of an expense."""
    return reverse("expense", args=[expense_id])


def exception_address(number: str) -> str:
    """Return the page of an exception item."""
    return reverse("exception", args=[number])


def unapproved_time_address(contract: str, until: date) -> str:
    """Return the time of a contract up to a day that nobody approved yet."""
    filters = {"contract": contract, "unapproved": "true", "last": until.isoformat()}
    return _with_query(reverse("time_entries"), filters)


def _with_query(address: str, filters: Mapping[str, object]) -> str:
    kept = {name: value for name, value in filters.items() if value not in ("", None)}
    return f"{address}?{urlencode(kept)}" if kept else address
