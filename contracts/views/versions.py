"""Pages of contract versions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from contracts.actions import versions as verbs
from contracts.forms.contracts import OptionalReasonForm, ReasonForm
from contracts.forms.terms import TermsForm
from contracts.models import ContractVersion
from contracts.queries import visible_versions
from contracts.queries.comparison import with_terms
from contracts.states import VersionStatus
from contracts.tables.version import VersionPage
from core.actors import Actor
from core.errors import Forbidden, Refusal
from core.pages import page, person_of
from core.presentation.asking import Done, Question, ask, lead_on, show_refusal


@page("contract.view")
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a version: its terms, what they change and lack."""
    found = _version(request, code, number)
    return render(request, "contracts/version.html", {"page": VersionPage(found, person_of(request))})


@page("contract.edit")
def version_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Edit a draft: dates, lines and payers at once; rows are added and struck out without script too."""
    found, here = _version(request, code, number), reverse("contract_version", args=[code, number])
    if found.status != VersionStatus.DRAFT:
        return redirect(here)
    form = TermsForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _saved(request, found, form):
        return lead_on(request, Done(f"Version {number} of {code} saved.", here))
    status = 422 if request.method == "POST" and not form.only_growing else 200
    context = {"version": found, "form": form, "here": here}
    return render(request, "contracts/version_form.html", context, status=status)


@dataclass(frozen=True)
class Decision:
    """What is decided about a version: its verb and words."""

    permission: str
    verb: Callable[..., ContractVersion]
    button: str
    done: str
    form: type[forms.Form] = OptionalReasonForm
    tone: str = ""


DECISIONS = {
    "submit": Decision(
        "contract.edit", verbs.submit_version, "Submit for approval", "submitted for approval"
    ),
    "approve": Decision("contract.approve", verbs.approve_version, "Approve", "approved"),
    "reject": Decision("contract.view", verbs.reject_version, "Reject", "rejected", ReasonForm, "danger"),
}


@page("contract.view")
def version_decide(request: HttpRequest, code: str, number: int, kind: str) -> HttpResponse:
    """Submit, approve or reject a version."""
    if kind not in DECISIONS:
        raise Http404(kind)
    found, decision = _version(request, code, number), DECISIONS[kind]
    back = reverse("contract_version", args=[code, number])

    def act(said: dict[str, Any]) -> Done:
        decision.verb(found.pk, reason=said["reason"], actor=Actor.of(person_of(request)))
        return Done(f"Version {number} of {code} {decision.done}.", back)

    title = f"{decision.button}: version {number} of {code}"
    question = Question(title, decision.button, back, tone=decision.tone)
    return ask(request, decision.form(request.POST or None), question, act)


def _saved(request: HttpRequest, found: ContractVersion, form: TermsForm) -> bool:
    """Save the terms; a refusal shows on the form."""
    try:
        verbs.edit_version(
            found.pk,
            **form.values(),
            expected_version=form.expected_version,
            actor=Actor.of(person_of(request)),
        )
    except Forbidden:
        raise
    except Refusal as refusal:
        show_refusal(form.dates, refusal)
        return False
    return True


def _version(request: HttpRequest, code: str, number: int) -> ContractVersion:
    rows = visible_versions(person_of(request)).select_related(
        "contract__customer", "contract__legal_entity", "prepared_by", "approved_by"
    )
    found: ContractVersion = get_object_or_404(
        with_terms(rows),
        contract__code=code,
        number=number,
    )
    return found
