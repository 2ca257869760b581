"""What a newcomer reads after the start: who can sign in, and what to try where."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from billing.checks import look_at
from billing.models import BillingRun, Proposal
from billing.states import PaymentStatus, ProposalStatus
from config.demo.firm.people import PASSWORD, PEOPLE
from config.demo.path.activation import waiting
from config.demo.path.agreement import CONTRACT
from config.demo.path.fees import open_link
from config.demo.path.stage import loaded_calendar
from config.demo.token import token_file
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem
from timesheets.models import TimeEntry
from timesheets.states import EntryStatus


@dataclass(frozen=True)
class Hint:
    """Something to try: as whom, at which address, and what happens there."""

    person: str
    path: str
    words: str


def guide(base: str) -> Iterator[str]:
    """Yield the lines of the guide for the address Tieout answers at."""
    yield f"Sign in at {base}/ with one of these names; the password is {PASSWORD} for all of them."
    for person in PEOPLE:
        role = person.role.replace("_", " ")
        yield f"  {person.username:<8} {person.name:<16} {role:<20} {person.does}"
    yield "What to try:"
    for hint in hints():
        yield f"  {hint.person:<8} {base}{hint.path}"
        yield f"           {hint.words}"
    yield f"The sellers' CRM is at {settings.SANDBOX_CRM_URL}/: close a deal there and see it arrive."
    yield f"API: curl -H \"Authorization: Bearer $(cat {token_file()})\" '{base}/api/v1/time-entries?limit=3'"


def hints() -> list[Hint]:
    """Return what to try on the data there are; nothing where no demo firm is loaded."""
    calendar = loaded_calendar()
    if calendar is None:
        return []
    month = f"{calendar.last_billed.first:%Y-%m}"
    return [
        *_exceptions(),
        *_activation(),
        *_run(),
        Hint(
            "aisha",
            "/deals/?state=incomplete",
            "Fill in what the CRM's deals lack; their contracts are drafted then, to be reviewed.",
        ),
        Hint(
            "priya",
            f"/reconciliation/invoices/?entity=UK&period={month}",
            "Billing and the ERP differ: see where, settle it, then sign the month off.",
        ),
        Hint("daniel", "/approvals/", "Approve last week's time, what looks odd first."),
        *_sent_back(),
        *_sign_off(),
        *_trace(),
        Hint(
            "jonas",
            "/admin/core/exchangerate/",
            "Enter the missing rate from CHF to GBP: an expense waits for it; every change has its history.",
        ),
    ]


def _exceptions() -> Iterator[Hint]:
    items = ExceptionItem.objects.filter(state__in=OPEN_STATES)
    rate = items.filter(code="rate_missing").order_by("-money_at_risk").first()
    customer = items.filter(code="customer_incomplete", flow="invoice_delivery").first()
    if rate:
        words = "Set the missing rate: the effect in money stands there before you press."
        yield Hint("priya", f"/exceptions/{rate.number}/", words)
    if customer:
        words = "Complete the customer the ERP refuses, and have the invoice sent again."
        yield Hint("priya", f"/exceptions/{customer.number}/", words)


def _activation() -> Iterator[Hint]:
    if process := waiting():
        words = "A new contract waits for its customer: complete it, and see its project open for time."
        yield Hint("jonas", f"/processes/{process.pk}/", words)


def _sent_back() -> Iterator[Hint]:
    entry = TimeEntry.objects.filter(status=EntryStatus.REJECTED, worker__user__username="maya").first()
    if entry:
        path = reverse("week", args=[entry.worker.code, entry.timesheet.week])
        yield Hint("maya", path, "Mend the time that was sent back, and submit the week again.")
    else:
        yield Hint("maya", "/timesheets/", "Enter today's time, submit the week.")


def _run() -> Iterator[Hint]:
    waiting = Proposal.objects.filter(status=ProposalStatus.IN_REVIEW).values("run")
    run = BillingRun.objects.filter(pk__in=waiting).order_by("-created_at").first()
    if run:
        going = list(run.proposals.filter(status=ProposalStatus.IN_REVIEW, on_hold=False))
        stay = sum("no_blocking_exception" in found for found in look_at(going).values())
        words = (
            f"Review the {len(going)} invoices Priya prepared, approve and release them:"
            f" {len(going) - stay} go to the ERP, which answers in seconds;"
            f" {stay} stay until differences with the ERP are settled and its customer is complete."
        )
        yield Hint("helen", f"/billing/runs/{run.number}/", words)


def _sign_off() -> Iterator[Hint]:
    if link := open_link():
        words = "No sign-in: accept the milestone as its client, in full or in part, or reject it."
        yield Hint("client", f"/sign-off/{link.secret}/", words)
        words = "See what waits for its sign-off, and what was accepted in part and billed."
        yield Hint("aisha", "/milestones/?unsigned=waiting", words)


def _trace() -> Iterator[Hint]:
    paid = Proposal.objects.filter(payment_status=PaymentStatus.PAID, contract__code=CONTRACT)
    if posted := paid.order_by("document_date").last():
        words = "Paste any number: the whole chain from the contract to the payment."
        yield Hint("oscar", f"/trace/?q={posted.erp_number}", words)
