"""The week sheet: one address per worker and week; saving, submitting, taking back."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.http import trigger_client_event

from core.actors import Actor
from core.errors import NotFound, Refusal, Stale
from core.pages import page, person_of
from core.presentation.register import is_fragment
from projects.models import Worker
from timesheets.actions.weeks import RefusedRows, recall_time, record_week, submit_time
from timesheets.forms.week import cells_of, typed_week, with_blank_rows, with_refusals
from timesheets.queries.visible import visible_workers
from timesheets.queries.weeks import WeekSheet, copied, week_sheet
from timesheets.tables.week import WeekPage, monday_of

TEMPLATE = "timesheets/week.html"


@page("time.view")
def own_week(request: HttpRequest) -> HttpResponseBase:
    """Lead to this week of the person, or to everybody's weeks for those who enter no time."""
    worker = Worker.objects.filter(user=person_of(request)).first()
    if worker is None:
        return redirect("team_weeks")
    return redirect("week", worker.code, monday_of(timezone.localdate()))


@page("time.view")
def week(request: HttpRequest, worker: str, week: date) -> HttpResponseBase:
    """Show the sheet, or do with it what the pressed button says."""
    person = _worker(request, worker)
    if week != monday_of(week):
        return redirect("week", worker, monday_of(week))
    sheet = _sheet(request, person, week)
    if request.method != "POST":
        return _shown(request, with_blank_rows(sheet))
    act = _ACTS.get(request.POST.get("do", ""), _save)
    try:
        return act(request, typed_week(request.POST, sheet))
    except Stale as refusal:
        return _shown(request, with_blank_rows(_sheet(request, person, week)), refusal.sentence, status=409)


def _save(request: HttpRequest, sheet: WeekSheet) -> HttpResponse:
    """Save the typed figures, and submit the week when asked to."""
    actor, today = Actor.of(person_of(request)), timezone.localdate()
    seen = request.POST.get("seen", "")
    try:
        record_week(sheet.worker.pk, sheet.week, cells=cells_of(sheet), actor=actor, on=today, seen=seen)
    except RefusedRows as refused:
        sentence = f"{refused.sentence} Nothing was saved."
        return _shown(request, with_refusals(sheet, refused.result), sentence, status=422)
    return _submit(request, sheet) if request.POST.get("do") == "submit" else _done(request, sheet, "Saved")


def _submit(request: HttpRequest, sheet: WeekSheet) -> HttpResponse:
    """Submit what was just saved."""
    actor, today = Actor.of(person_of(request)), timezone.localdate()
    try:
        submit_time(sheet.worker.pk, sheet.week, actor=actor, on=today)
    except Refusal as refusal:
        saved = with_blank_rows(_sheet(request, sheet.worker, sheet.week))
        return _shown(
            request, saved, f"{refusal.sentence} Your figures are saved, not submitted.", status=422
        )
    return _done(request, sheet, "Submitted for approval")


def _recall(request: HttpRequest, sheet: WeekSheet) -> HttpResponse:
    """Take submitted time back."""
    recall_time(sheet.worker.pk, sheet.week, actor=Actor.of(person_of(request)))
    return _done(request, sheet, "Taken back: you can change it again")


def _add_row(request: HttpRequest, sheet: WeekSheet) -> HttpResponse:
    """Show one more row; nothing is saved."""
    return _shown(request, with_blank_rows(sheet))


def _copy_last_week(request: HttpRequest, sheet: WeekSheet) -> HttpResponse:
    """Show the rows of the week before as typed; nothing is saved."""
    filled = sheet.with_rows(row for row in sheet.rows if row.work.project or row.total)
    earlier = _sheet(request, sheet.worker, sheet.week - timedelta(days=7))
    return _shown(request, with_blank_rows(copied(filled, earlier)))


def _show_typed(request: HttpRequest, sheet: WeekSheet) -> HttpResponse:
    """Show another day of the typed sheet; nothing is saved."""
    return _shown(request, sheet)


_ACTS = {"recall": _recall, "add": _add_row, "copy": _copy_last_week, "day": _show_typed}


def _worker(request: HttpRequest, code: str) -> Worker:
    worker = visible_workers(person_of(request)).filter(code=code).first()
    if worker is None:
        raise NotFound("There is no such worker, or you may not see their time.")
    return worker


def _sheet(request: HttpRequest, worker: Worker, week: date) -> WeekSheet:
    return week_sheet(worker, week, person_of(request))


def _done(request: HttpRequest, sheet: WeekSheet, message: str) -> HttpResponse:
    if not is_fragment(request):
        messages.success(request, message)
        return redirect(request.get_full_path())
    answer = _shown(request, with_blank_rows(_sheet(request, sheet.worker, sheet.week)))
    return trigger_client_event(answer, "toast", {"message": message})


def _shown(request: HttpRequest, sheet: WeekSheet, refusal: str = "", status: int = 200) -> HttpResponse:
    page_model = WeekPage(person_of(request), sheet, day=request.GET.get("day", ""), refusal=refusal)
    part = "#sheet" if is_fragment(request) else ""
    return render(request, f"{TEMPLATE}{part}", {"page": page_model}, status=status)
