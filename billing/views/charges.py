"""Pages of charges: the register, one charge with its source, holds and decisions about money."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from billing.actions.decisions import hold_source, release_source, submit_adjustment
from billing.forms import DecisionForm, ReasonForm
from billing.models import Charge
from billing.queries.addresses import charge_address
from billing.queries.explanations import explained
from billing.queries.source_page import SourcePage, source_page
from billing.queries.visibility import visible_charges
from billing.tables import CHARGES
from billing.views.answers import ask, done, posted, refused
from core.actors import Actor
from core.errors import Refusal
from core.pages import page, person_of
from core.presentation.register import register_view, render_part


@page("charge.view")
def charges(request: HttpRequest) -> HttpResponseBase:
    """List charges with their explanation."""
    return register_view(request, CHARGES, explained(visible_charges(person_of(request))))


@page("charge.view")
def charge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a charge: the work behind it, all its slices, and the decisions about it."""
    context = {"page": _page(request, pk), "address": request.get_full_path()}
    return render_part(request, "charges/charge.html", context, "source")


@page("billing.decide")
def hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask why, and keep the charge's work off proposals."""
    shown, form = _page(request, pk), ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            hold_source(
                shown.charge.contract_id,
                source_id=shown.source_id,
                **form.cleaned_data,
                actor=Actor.of(person_of(request)),
            )
            back, undo = charge_address(shown.charge), reverse("charge_unhold", args=[pk])
            return done(request, "Work on hold", back=back, undo=undo)
        except Refusal as refusal:
            refused(form, refusal)
    text = "It stays off proposals until somebody lets it go on; drafts give it back."
    return ask(request, title="Hold this work", button="Hold", form=form, text=text)


@page("billing.decide")
def unhold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let held work be proposed again."""
    shown = _page(request, pk)
    if request.method != "POST":
        return ask(request, title="Let this work go on", button="Let it go on")
    actor = Actor.of(person_of(request))
    release_source(shown.charge.contract_id, source_id=shown.source_id, actor=actor)
    return done(request, "Work goes on with the next run", back=charge_address(shown.charge))


@page("billing.decide")
def adjust(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a write-off, write-down or write-up; it counts once a second person approves."""
    shown = _page(request, pk)
    form = DecisionForm(posted(request), initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        try:
            submit_adjustment(
                shown.charge.contract_id,
                source_id=shown.source_id,
                **form.cleaned_data,
                actor=Actor.of(person_of(request)),
            )
            message = "Asked for: a second person approves it"
            return done(request, message, back=charge_address(shown.charge))
        except Refusal as refusal:
            refused(form, refusal)
    text = "Worked hours never change. A second person approves the decision before it counts."
    return ask(request, title="Decide about this work", button="Ask for approval", form=form, text=text)


def _page(request: HttpRequest, pk: UUID) -> SourcePage:
    user = person_of(request)
    found: Charge = get_object_or_404(visible_charges(user), pk=pk)
    return source_page(found, user)
