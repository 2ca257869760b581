"""Expenses of the last weeks in every state, with receipts; one in a currency whose rate nobody knows."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from config.demo.firm.spending import TRIPS, Spend, receipt
from config.demo.path.stage import Stage
from config.demo.path.waiting import settle_events
from core.actors import Actor
from projects.models import Assignment
from timesheets.actions.expense_decisions import approve_expenses, reject_expenses
from timesheets.actions.expenses import enter_expense
from timesheets.intake.expenses.lines import read_expense_line
from timesheets.intake.expenses.writing import new_key
from timesheets.models import Expense

TRAVELLERS = 5
_OWN = (
    Spend("travel", 4, "64.20", "Day return", "Northern Rail", receipt="ticket.pdf"),
    Spend("meals", 3, "34.00", "Dinner before the go-live"),
    Spend("hotel", 6, "198.00", "Go-live support", "Station Hotel", tax="33.00", receipt="hotel.png"),
)
_SWISS = Spend("travel", 9, "310.00", "Supplier in Zürich", "Swiss Rail", "CHF", receipt="ticket.pdf")


def spend(stage: Stage) -> None:
    """Enter, submit, approve and send back expenses; nothing where there are some already."""
    if Expense.objects.exists():
        return
    places = _places(stage)
    for number, place in enumerate(places[:TRAVELLERS]):
        sent = [_enter(stage, place, one, stage.cast.steward) for one in TRIPS]
        _decide(stage, sent[: 6 if number < 3 else 4], sent[4:5] if number > 2 else [])
    foreign = _enter(stage, places[0], _SWISS, stage.cast.steward)
    _decide(stage, [foreign], [])
    _of_the_consultant(stage)
    settle_events()
    stage.say(f"Expenses: {Expense.objects.count()} entered, one of them in francs without a rate.")


def _of_the_consultant(stage: Stage) -> None:
    """Leave the consultant one draft, one that lacks its receipt, one that waits and one that came back."""
    own = [place for place in _places(stage) if place.worker.user_id == stage.cast.consultant.user_id]
    if not own:
        return
    place, actor = own[0], stage.cast.consultant
    for one, submit in zip(_OWN, (False, False, True), strict=True):
        _enter(stage, place, one, actor, submit=submit)
    refused = _enter(stage, place, TRIPS[2], actor)
    if refused:
        reject_expenses({refused.pk: None}, actor=stage.cast.pmo, reason="Which site was it?")
    for one in TRIPS[:2]:
        _decide(stage, [_enter(stage, place, one, actor)], [])


def _decide(stage: Stage, approved: list[Expense | None], rejected: list[Expense | None]) -> None:
    gone = {one.pk for one in rejected if one}
    if gone:
        reject_expenses(dict.fromkeys(gone), actor=stage.cast.pmo, reason="The receipt is another one's.")
    taken = [one.pk for one in approved if one and one.pk not in gone]
    if taken:
        approve_expenses(dict.fromkeys(taken), actor=stage.cast.pmo)


def _enter(
    stage: Stage, place: Assignment, one: Spend, actor: Actor, *, submit: bool = True
) -> Expense | None:
    """Enter one expense on the first task of the assignment's project that is open and billed."""
    task = place.project.tasks.filter(status="open", billable=True).order_by("code").first()
    if task is None:
        return None
    day = stage.calendar.today - timedelta(days=one.days_ago)
    paid = (
        {"quantity": one.amount}
        if one.kind == "mileage"
        else {"net": one.amount, "currency": one.currency or "GBP"}
    )
    values: dict[str, object] = {
        "worker": place.worker.code,
        "project": place.project.code,
        "task": task.code,
        "category": one.kind,
        "spent_on": day.isoformat(),
        "vendor": one.vendor,
        "note": one.note,
        "source_key": new_key("expense"),
        **paid,
    }
    if one.tax != "0":
        values |= {"tax": one.tax, "net": f"{_net(one):f}"}
    line = read_expense_line(values, 1, "tieout")
    return enter_expense(
        line, actor=actor, on=timezone.localdate(), receipt=receipt(one.receipt), submit=submit
    )


def _net(one: Spend) -> Decimal:
    return Decimal(one.amount) - Decimal(one.tax)


def _places(stage: Stage) -> list[Assignment]:
    """Return who works where in pounds since some weeks and still does, one place per person."""
    since = stage.calendar.today - timedelta(days=30)
    rows = Assignment.objects.filter(
        status="confirmed",
        valid__contains=since,
        project__status="active",
        project__starts_on__lte=since,
        project__contract__currency="GBP",
        project__contract__status="active",
    )
    still = rows.filter(valid__contains=stage.calendar.today).select_related("worker", "project")
    first: dict[object, Assignment] = {}
    for place in still.order_by("worker__code", "project__code"):
        first.setdefault(place.worker_id, place)
    return list(first.values())
