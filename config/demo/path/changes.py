"""Late time, corrected time and back-dated prices: what was invoiced trues up by itself."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils import timezone

from billing.models import Charge
from config.demo.firm.work import SOURCE_SYSTEM
from config.demo.path.stage import Stage
from config.demo.path.waiting import settle_events
from contracts.actions.dimensions import RateDimensions
from contracts.actions.rates import set_rate
from contracts.models import RateCard
from timesheets.actions.approvals import approve_time
from timesheets.actions.corrections import correct_time
from timesheets.actions.intake import record_time
from timesheets.intake.lines import read_lines
from timesheets.models import TimeEntry
from timesheets.states import EntryKind, EntryStatus

_LATE_PROJECT, _LATE_WORKER = "P-1042", "UK05"
# Two policies, so that both answers are seen: rebill, delta, rebill.
_CORRECTED = ("P-1058", "P-1042", "P-5003")
_ENOUGH, _TOO_MUCH = Decimal(3), Decimal("1.25")
# Card, role, new price and days after the begin of the last billed month.
_BACK_DATED = (("C-1041-RC", "senior", "131", 14), ("C-1058-RC", "lead", "156", 14))


def true_up(stage: Stage) -> None:
    """Bring the three kinds of change in, and tell what they make of the invoiced work."""
    _bring_late_time(stage)
    for project in _CORRECTED:
        _correct(stage, project)
    for card, role, amount, days in _BACK_DATED:
        _change_price(
            stage, card, role, Decimal(amount), stage.calendar.last_billed.first + timedelta(days=days)
        )
    settle_events()
    _tell_late(stage)
    for kind, words in _KINDS.items():
        _tell(stage, kind, words)


def _bring_late_time(stage: Stage) -> None:
    """Send time of a closed month and of the last billed one, long after both were invoiced."""
    calendar = stage.calendar
    days = [calendar.last_billed.first - timedelta(days=5), calendar.last_billed.first + timedelta(days=20)]
    rows = [
        {
            "worker": _LATE_WORKER,
            "project": _LATE_PROJECT,
            "task": "PLAN",
            "work_date": day.isoformat(),
            "hours": "1.50",
            "note": "Workshop that was not recorded in time",
            "source_key": f"late-{place}",
        }
        for place, day in enumerate(days, start=1)
    ]
    lines = read_lines(rows, source_system=SOURCE_SYSTEM)
    record_time(lines, actor=stage.cast.service, on=calendar.today, submit=True)
    approve_time(_late().filter(status=EntryStatus.SUBMITTED), actor=stage.cast.project_manager)
    stage.say(f"Late time: {len(rows)} entries on {_LATE_PROJECT}, one of a closed month, approved.")


def _late() -> QuerySet[TimeEntry]:
    return TimeEntry.objects.filter(source_system=SOURCE_SYSTEM, source_key__startswith="late-")


def _correct(stage: Stage, project: str) -> None:
    """Reduce an entry of a project's invoiced month; the PMO approves the correction."""
    month = stage.calendar.last_billed
    entries = TimeEntry.objects.filter(
        project__code=project, work_date__range=(month.first, month.last), task__billable=True
    )
    waiting = entries.filter(status=EntryStatus.SUBMITTED).exclude(kind=EntryKind.WORK)
    if not entries.filter(kind=EntryKind.REPLACEMENT).exists():
        entry = entries.filter(status=EntryStatus.APPROVED, hours__gte=_ENOUGH).order_by("work_date", "pk")[0]
        correct_time(
            entry.pk,
            hours=entry.hours - _TOO_MUCH,
            actor=stage.cast.service,
            on=stage.calendar.today,
            reason="A meeting was counted twice",
        )
        stage.say(
            f"Corrected: {project} {entry.work_date:%-d %b},"
            f" {entry.hours:.2f} h become {entry.hours - _TOO_MUCH:.2f} h."
        )
    approve_time(waiting, actor=stage.cast.pmo)


def _change_price(stage: Stage, card: str, role: str, amount: Decimal, starts_on: date) -> None:
    set_rate(
        RateCard.objects.get(code=card).pk,
        dims=RateDimensions(role=role),
        amount=amount,
        starts_on=starts_on,
        now=timezone.now(),
        actor=stage.cast.finance,
        reason="Agreed in the quarterly review, back-dated",
    )
    stage.say(f"Back-dated price: {card} {role} {amount} from {starts_on:%-d %b}.")


def _tell_late(stage: Stage) -> None:
    charges = Charge.objects.filter(source_id__in=_late().values("root_id")).order_by("service_on")
    for charge in charges:
        stage.say(
            f"  {charge.contract.code}: late work of {charge.service_on:%-d %b} charged"
            f" {charge.amount:+,.2f} {charge.currency}, accounted on {charge.accounting_on:%-d %b}"
        )


def _tell(stage: Stage, kind: str, words: str) -> None:
    charges = Charge.objects.filter(slice__startswith=kind, fixed_at=None, billable=True)
    rows = charges.order_by("contract__code").values_list("contract__code", "currency")
    for code, currency, amount in rows.annotate(total=Sum("amount")):
        stage.say(f"  {code}: {words} {amount:+,.2f} {currency}")


_KINDS = {
    "delta-": "a further charge of",
    "credit-": "a credit of",
    "reversal-": "rebilled, credit of",
    "price-": "rebilled, new charge of",
}
