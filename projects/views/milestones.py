"""Pages of milestones."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.attachments import as_download
from core.models import Attachment
from core.pages import page, person_of
from core.presentation.asking import Done, Question, ask
from core.presentation.panels import panels
from core.presentation.register import register_view
from projects.actions import milestones as verbs
from projects.actions.links import create_link, revoke_link
from projects.actions.signing import sign_off_milestone
from projects.forms.milestones import CompleteForm, LinkForm, ProgressForm, StaffDecisionForm, upload_of
from projects.forms.projects import OptionalReasonForm
from projects.models import SignOffLink
from projects.queries.milestones import listed_milestones, visible_milestones, with_terms
from projects.tables.milestone import MilestonePage
from projects.tables.milestones import MILESTONES

Act = Callable[[Any, dict[str, Any], Actor], str]


@page("milestone.view")
def milestones(request: HttpRequest) -> HttpResponseBase:
    """List the milestones."""
    return register_view(request, MILESTONES, listed_milestones(person_of(request), timezone.localdate()))


@page("milestone.view")
def milestone(request: HttpRequest, code: str) -> HttpResponse:
    """Show a milestone: terms, decisions, links, what it billed."""
    found = _milestone(request, code)
    host = request.build_absolute_uri("/").rstrip("/")
    context = {
        "page": MilestonePage(found, person_of(request), timezone.now(), host),
        "main_panels": panels.of("milestone.main", request, found),
        "side_panels": panels.of("milestone.side", request, found),
    }
    return render(request, "projects/milestone.html", context)


def _start(found: Any, said: dict[str, Any], actor: Actor) -> str:
    verbs.start_milestone(found.pk, reason=said["reason"], actor=actor)
    return f"{found.code} is in progress."


def _progress(found: Any, said: dict[str, Any], actor: Actor) -> str:
    verbs.report_progress(found.pk, percent=said["percent"], actor=actor)
    return f"Progress of {found.code} noted."


def _complete(found: Any, said: dict[str, Any], actor: Actor) -> str:
    verbs.complete_milestone(found.pk, **said, today=timezone.localdate(), actor=actor)
    return f"{found.code} waits for its sign-off."


def _sign_off(found: Any, said: dict[str, Any], actor: Actor) -> str:
    made = sign_off_milestone(
        found.pk,
        decision=said["form"].said(),
        document=upload_of(said),
        on=said["signed_on"],
        now=timezone.now(),
        actor=actor,
    )
    return f"{found.code}: {made.get_decision_display().lower()}."


def _link(found: Any, said: dict[str, Any], actor: Actor) -> str:
    zone = ZoneInfo(found.project.legal_entity.time_zone)
    create_link(
        found.pk,
        expires_at=datetime.combine(said["expires_on"], time(23, 59, 59), zone),
        now=timezone.now(),
        recipient=said["recipient"],
        document=upload_of(said),
        shows_amount=said["shows_amount"],
        actor=actor,
    )
    return "The link stands below: copy it and send it to the client."


ACTS: dict[str, tuple[str, type[forms.Form], Act]] = {
    "start": ("Start", OptionalReasonForm, _start),
    "progress": ("Report progress", ProgressForm, _progress),
    "complete": ("Complete", CompleteForm, _complete),
    "sign-off": ("Record sign-off", StaffDecisionForm, _sign_off),
    "link": ("Create link", LinkForm, _link),
}


@page("milestone.view")
def milestone_act(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Start, report, complete, sign off, or make a link."""
    if kind not in ACTS:
        raise Http404(kind)
    button, shape, verb = ACTS[kind]
    found, back = _milestone(request, code), reverse("milestone", args=[code])
    form = shape(request.POST or None, request.FILES or None, initial=_initial(found))

    def act(said: dict[str, Any]) -> Done:
        given = {**said, "form": form} if kind == "sign-off" else said
        return Done(verb(found, given, Actor.of(person_of(request))), back)

    return ask(request, form, Question(f"{button}: {found.code}", button, back), act)


@page("milestone.view")
def milestone_link_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a link count no more."""
    visible = visible_milestones(person_of(request))
    found = get_object_or_404(SignOffLink.objects.select_related("milestone"), pk=pk, milestone__in=visible)
    back = reverse("milestone", args=[found.milestone.code])

    def act(said: dict[str, Any]) -> Done:
        revoke_link(found.pk, **said, now=timezone.now(), actor=Actor.of(person_of(request)))
        return Done("The link counts no more.", back)

    question = Question("Revoke the link", "Revoke", back, "Whoever has it cannot decide any more.", "danger")
    return ask(request, OptionalReasonForm(request.POST or None), question, act)


@page("milestone.view")
def milestone_document(request: HttpRequest, code: str, pk: UUID) -> HttpResponseBase:
    """Hand out a document of a milestone to be saved."""
    found = _milestone(request, code)
    of_sign_offs = found.sign_offs.values("document")
    of_links = found.links.values("document")
    known = Attachment.objects.filter(pk__in=of_sign_offs) | Attachment.objects.filter(pk__in=of_links)
    return as_download(get_object_or_404(known.distinct(), pk=pk))


def _initial(found: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "percent": found.percent_complete if found.status == "in_progress" else None,
        "on": today,
        "signed_on": today,
        "expires_on": today + timedelta(days=14),
    }


def _milestone(request: HttpRequest, code: str) -> Any:
    rows = with_terms(visible_milestones(person_of(request)), timezone.localdate()).select_related(
        "contract__customer", "project__legal_entity", "project__manager", "completed_by"
    )
    return get_object_or_404(rows, code=code)
