"""Assign, snooze, resolve and the like: one item or many, by a dialog, with undo."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actions import exceptions as verbs
from core.actions.undoing import undo_exception_change
from core.actors import Actor
from core.correlation import correlation_id
from core.filters import Asked, view_conditions
from core.forms import AssignForm, CommentForm, ReasonForm, SnoozeForm
from core.identifiers import parse_uuid
from core.models import User
from core.pages import page, person_of
from core.presentation.formats import counted
from core.presentation.register import is_fragment
from core.presentation.selection import NothingSelected, Selection
from core.queries.queue import everything
from core.tables import QueuePage
from core.views.queue import queue_answer

Run = Callable[[Collection[UUID], dict[str, Any], Actor], Any]


@dataclass(frozen=True)
class Decision:
    """What can be done with items: its words, what is asked, and the verb. No form: done at once."""

    title: str
    button: str
    done: str
    run: Run
    form: type[Form] | None = None
    undoable: bool = True


def _assign(ids: Collection[UUID], said: dict[str, Any], actor: Actor) -> Any:
    return verbs.assign_exceptions(ids, owner=said["owner"], actor=actor)


def _take(ids: Collection[UUID], said: dict[str, Any], actor: Actor) -> Any:
    return verbs.assign_exceptions(ids, owner=actor.user, actor=actor)


def _snooze(ids: Collection[UUID], said: dict[str, Any], actor: Actor) -> Any:
    return verbs.snooze_exceptions(ids, until=said["until"], on=timezone.localdate(), actor=actor)


def _resolve(ids: Collection[UUID], said: dict[str, Any], actor: Actor) -> Any:
    return verbs.resolve_exceptions(ids, reason=said["reason"], actor=actor)


def _waive(ids: Collection[UUID], said: dict[str, Any], actor: Actor) -> Any:
    return verbs.waive_exceptions(ids, reason=said["reason"], actor=actor)


def _reopen(ids: Collection[UUID], said: dict[str, Any], actor: Actor) -> Any:
    return verbs.reopen_exceptions(ids, reason=said["reason"], actor=actor)


DECISIONS = {
    "assign": Decision("Assign", "Assign", "{count} assigned", _assign, AssignForm),
    "take": Decision("Assign to me", "Assign to me", "{count} assigned to you", _take),
    "snooze": Decision("Snooze", "Snooze", "{count} snoozed", _snooze, SnoozeForm),
    "resolve": Decision("Resolve", "Resolve", "{count} resolved", _resolve, ReasonForm),
    "waive": Decision("Waive", "Waive", "{count} waived", _waive, ReasonForm),
    "reopen": Decision("Reopen", "Reopen", "{count} reopened", _reopen, ReasonForm, undoable=False),
}


@page("exception.work")
def decide(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask what is needed for a decision on the selected items, then take it."""
    if kind not in DECISIONS:
        raise Http404(kind)
    decision, asked = DECISIONS[kind], Asked.parse(request.GET)
    ids = _selected(request, asked)
    form = decision.form(request.POST if "decided" in request.POST else None) if decision.form else None
    if request.method == "POST" and (form is None or form.is_valid()):
        page_before = QueuePage(person_of(request), asked, now=timezone.now())
        following = page_before.following(ids)
        decision.run(ids, form.cleaned_data if form else {}, Actor.of(person_of(request)))
        undo = reverse("exception_undo", args=[correlation_id()]) if decision.undoable else ""
        back = replace(asked, item=following)
        message = decision.done.format(count=len(ids))
        return queue_answer(request, back, message, undo=undo and undo + asked.address(item=asked.item))
    return _dialog(request, kind, ids, form)


@require_POST
@page("exception.work")
def comment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leave a comment on an item."""
    form = CommentForm(request.POST)
    text = form.cleaned_data["comment"] if form.is_valid() else ""
    item = verbs.comment_exception(pk, comment=text, actor=Actor.of(person_of(request)))
    back = replace(Asked.parse(request.GET), item=item.number)
    return queue_answer(request, back, f"Commented on {item.number}")


@require_POST
@page("exception.work")
def undo(request: HttpRequest, correlation: str) -> HttpResponse:
    """Take back what the person's request of that correlation id changed."""
    actor = Actor.of(person_of(request))
    items = undo_exception_change(correlation, actor=actor, now=timezone.now())
    return queue_answer(request, Asked.parse(request.GET), f"{len(items)} restored")


def _selected(request: HttpRequest, asked: Asked) -> list[UUID]:
    """Return the ids that were ticked, named in the address, or matched by the whole view."""
    user = person_of(request)
    if request.method != "POST":
        ids = [found for text in request.GET.getlist("selected") if (found := parse_uuid(text))]
        return _known(user, ids)
    posted = request.POST.copy()
    posted.setlistdefault("selected", request.GET.getlist("selected"))
    selection = Selection.parse(posted)
    if not selection.everything:
        return _known(user, [found for text in selection.ids if (found := parse_uuid(text))])
    now = timezone.now()
    matching = everything(user).filter(view_conditions(user, now)[asked.view] & asked.narrowing(now))
    return list(selection.rows(matching).values_list("pk", flat=True))


def _known(user: User, ids: Collection[UUID]) -> list[UUID]:
    known = list(everything(user).filter(pk__in=ids).values_list("pk", flat=True))
    if not known or len(known) < len(set(ids)):
        raise NothingSelected("Select at least one exception that is still there.", field="selected")
    return known


def _dialog(request: HttpRequest, kind: str, ids: list[UUID], form: Form | None) -> HttpResponse:
    decision = DECISIONS[kind]
    count = counted(len(ids), "exception")
    context = {
        "title": f"{decision.title} {count}",
        "action": request.get_full_path(),
        "button": decision.button,
        "form": form,
        "hidden": [("decided", "1"), *(("selected", str(one)) for one in ids)],
    }
    part = "#dialog" if is_fragment(request) else ""
    status = 422 if form is not None and form.is_bound else 200
    return render(request, f"exceptions/decide.html{part}", context, status=status)
