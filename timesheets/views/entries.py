"""Time entries: the register, one entry with its corrections, and asking for a correction."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import Actor
from core.errors import NotFound, Refusal
from core.pages import page, person_of
from core.presentation.formats import day
from core.presentation.register import is_fragment, register_view
from timesheets.actions.corrections import correct_time, withdraw_correction
from timesheets.forms.correction import CorrectionForm
from timesheets.models import TimeEntry
from timesheets.queries.chains import EntryPage, entry_page
from timesheets.queries.visible import tasks_open_to, visible_time, workers_in_week
from timesheets.registers import ENTRIES, week_register
from timesheets.tables.week import day_of, monday_of

TEMPLATE = "timesheets/entry.html"


@page("time.view")
def time_entries(request: HttpRequest) -> HttpResponseBase:
    """Show every entry the person may see."""
    rows = visible_time(person_of(request)).select_related("worker", "project", "task", "work_type")
    return register_view(request, ENTRIES, rows)


@page("time.view")
def team_weeks(request: HttpRequest) -> HttpResponseBase:
    """Show everybody's hours in one week, and which are missing."""
    asked = _day(request.GET.get("week", "")) or timezone.localdate()
    week = monday_of(asked)
    rows = workers_in_week(person_of(request), week)
    return register_view(request, week_register(week), rows, summary=f"Week of {day(week)}")


@page("time.view")
def time_entry(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Show an entry, its chain of corrections and, where it may be corrected, the form."""
    shown = _entry_page(request, pk)
    form = _form(shown.entry) if shown.may_correct else None
    return render(request, TEMPLATE, {"page": shown, "form": form})


@require_POST
@page("time.enter")
def correct(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Show what a correction changes, or ask for it."""
    shown = _entry_page(request, pk)
    form = _form(shown.entry, request.POST)
    if not form.is_valid():
        return _answer(request, shown, form, status=422)
    if request.POST.get("do") == "compare":
        return _answer(request, shown, form)
    try:
        _correct(request, shown.entry, form)
    except Refusal as refusal:
        return _answer(request, shown, form, refusal=refusal, status=422)
    messages.success(request, "The correction waits for approval by another person.")
    return redirect("time_entry", pk)


@require_POST
@page("time.enter")
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Withdraw the waiting correction of an entry."""
    entry = _entry_page(request, pk).entry
    withdraw_correction(entry.pk, actor=Actor.of(person_of(request)))
    messages.success(request, "The correction was withdrawn: the entry counts as it is.")
    return redirect("time_entry", pk)


def _correct(request: HttpRequest, entry: TimeEntry, form: CorrectionForm) -> None:
    actor, today = Actor.of(person_of(request)), timezone.localdate()
    reason = form.cleaned_data["reason"]
    if form.cleaned_data["void"]:
        correct_time(entry.pk, actor=actor, on=today, reason=reason, void=True)
    else:
        correct_time(entry.pk, actor=actor, on=today, reason=reason, **form.changes())


def _entry_page(request: HttpRequest, pk: UUID) -> EntryPage:
    user = person_of(request)
    related = ("worker", "project__contract", "project__manager", "task", "work_type", "timesheet")
    people = ("submitted_by", "approved_by")
    entry = visible_time(user).select_related(*related, *people).filter(pk=pk).first()
    if entry is None:
        raise NotFound("There is no such time entry, or you may not see it.")
    return entry_page(entry, user)


def _form(entry: TimeEntry, data: object = None) -> CorrectionForm:
    week = entry.timesheet.week
    tasks = tasks_open_to(entry.worker, week, timezone.localdate())
    return CorrectionForm(data, entry=entry, tasks=list(tasks))


def _answer(
    request: HttpRequest,
    shown: EntryPage,
    form: CorrectionForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"page": shown, "form": form, "refusal": refusal}
    if form.is_bound and form.is_valid():
        context["comparison"] = form.comparison()
    part = "#correction" if is_fragment(request) else ""
    return render(request, f"{TEMPLATE}{part}", context, status=status)


def _day(text: str) -> date | None:
    try:
        return day_of(text)
    except ValueError:
        return None
