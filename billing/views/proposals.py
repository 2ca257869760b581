"""Pages of invoice proposals and credit notes: the register, one document, and what people do with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from billing.actions import proposals as verbs
from billing.actions.dating import redate_proposal
from billing.forms import NoteForm, ReasonForm, RedateForm
from billing.models import Proposal
from billing.queries.addresses import proposal_address
from billing.queries.proposal_page import proposal_page
from billing.queries.proposal_review import reviewed
from billing.queries.registers import proposals_with_parties
from billing.queries.visibility import visible_proposals
from billing.states import ProposalStatus
from billing.tables import PROPOSALS, for_person
from billing.views.answers import ask, done, posted, refused
from core.actors import Actor
from core.errors import Refusal
from core.pages import page, person_of
from core.presentation.register import register_view, render_part

Run = Callable[[UUID, dict[str, Any], Actor], Any]


@dataclass(frozen=True)
class Decision:
    """A verb on one document: its words, what is asked, and whether it can be taken back."""

    title: str
    button: str
    message: str
    run: Run
    form: type[forms.Form] | None = None
    text: str = ""
    tone: str = ""
    undo: str = ""


def _submit(pk: UUID, said: dict[str, Any], actor: Actor) -> Any:
    return verbs.submit_proposals([pk], actor=actor)


def _approve(pk: UUID, said: dict[str, Any], actor: Actor) -> Any:
    return verbs.approve_proposals([pk], actor=actor)


def _release(pk: UUID, said: dict[str, Any], actor: Actor) -> Any:
    released = verbs.release_proposal(pk, actor=actor)
    if released.status == ProposalStatus.DRAFT:
        raise verbs.ContentChanged(f"{released.number} changed since its approval and is a draft again.")
    return released


DECISIONS = {
    "submit": Decision("Send {} for approval", "Send for approval", "{} sent for approval", _submit),
    "approve": Decision("Approve {}", "Approve", "{} approved", _approve),
    "release": Decision(
        "Release {} to the ERP",
        "Release to the ERP",
        "{} released",
        _release,
        text="The ERP posts it under its own number. That is never undone: it is credited and billed anew.",
    ),
    "hold": Decision(
        "Hold {}",
        "Hold",
        "{} on hold",
        lambda pk, said, actor: verbs.hold_proposal(pk, **said, actor=actor),
        ReasonForm,
        undo="unhold",
    ),
    "unhold": Decision(
        "Let {} go on",
        "Let it go on",
        "{} goes on",
        lambda pk, said, actor: verbs.unhold_proposal(pk, actor=actor),
    ),
    "return": Decision(
        "Return {} to draft",
        "Return",
        "{} returned to draft",
        lambda pk, said, actor: verbs.return_proposal(pk, **said, actor=actor),
        ReasonForm,
    ),
    "discard": Decision(
        "Discard {}",
        "Discard",
        "{} discarded",
        lambda pk, said, actor: verbs.discard_proposal(pk, **said, actor=actor),
        ReasonForm,
        text="Its charges are open again; the next run proposes them.",
        tone="danger",
    ),
    "redate": Decision(
        "Change the date of {}",
        "Change the date",
        "{} has another date",
        lambda pk, said, actor: redate_proposal(pk, **said, actor=actor),
        RedateForm,
        text="Taxes and exchange rate are those of the new day; the lines stay.",
    ),
    "note": Decision(
        "Note on {}",
        "Keep the note",
        "Note kept on {}",
        lambda pk, said, actor: verbs.note_proposal(pk, text=said["comment"], actor=actor),
        NoteForm,
    ),
}

ACTS = (
    ("discard", "Discard"),
    ("return", "Return to draft"),
    ("redate", "Change date"),
    ("hold", "Hold"),
    ("unhold", "Let it go on"),
)
STEPS = (("submit", "Send for approval"), ("approve", "Approve"), ("release", "Release to the ERP"))


@page("proposal.view")
def proposals(request: HttpRequest) -> HttpResponseBase:
    """List documents across runs."""
    user = person_of(request)
    rows = proposals_with_parties(visible_proposals(user))
    return register_view(request, for_person(PROPOSALS, user), rows)


@page("proposal.view")
def proposal(request: HttpRequest, number: str) -> HttpResponse:
    """Show one document with its checks, history and what the ERP says."""
    found = get_object_or_404(reviewed(visible_proposals(person_of(request))), number=number)
    opened = [part for part in request.GET.get("open", "").split(",") if part]
    shown = proposal_page(found, person_of(request), opened=opened, address=proposal_address(number))
    part = "paper" if getattr(request.htmx, "target", "") == "paper" else "document"  # type: ignore[attr-defined]
    context = {
        "page": shown,
        "opened": shown.review,
        "address": request.get_full_path(),
        "acts": ACTS,
        "steps": STEPS,
    }
    return render_part(request, "billing/proposal.html", context, part)


@page("proposal.view")
def decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Ask what is needed for a verb on the document, then do it."""
    if verb not in DECISIONS:
        raise Http404(verb)
    decision, found = DECISIONS[verb], _visible(request, number)
    form = decision.form(posted(request)) if decision.form else forms.Form(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            decision.run(found.pk, form.cleaned_data, Actor.of(person_of(request)))
            undo = reverse("proposal_decide", args=[number, decision.undo]) if decision.undo else ""
            return done(request, decision.message.format(number), back=proposal_address(number), undo=undo)
        except Refusal as refusal:
            refused(form, refusal)
    title, text = decision.title.format(number), decision.text
    return ask(request, title=title, button=decision.button, form=form, text=text, tone=decision.tone)


def _visible(request: HttpRequest, number: str) -> Proposal:
    return get_object_or_404(visible_proposals(person_of(request)), number=number)
