"""Pages of contracts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from contracts.actions import contracts as verbs
from contracts.actions import lifecycle
from contracts.actions.versions import draft_version
from contracts.forms.contracts import (
    AmendForm,
    ContractForm,
    FrozenContractForm,
    NewContractForm,
    OnDayForm,
    OptionalReasonForm,
    ReasonForm,
    contract_values,
)
from contracts.models import Contract
from contracts.policies import NEVER_ACTIVE
from contracts.queries import visible_contracts
from contracts.queries.registers import listed_contracts
from contracts.tables import CONTRACTS
from contracts.tables.contract import ContractPage
from core.actors import Actor
from core.pages import page, person_of
from core.permissions import holds
from core.presentation.asking import Done, Question, ask
from core.presentation.panels import panels
from core.presentation.register import register_view


@page("contract.view")
def contracts(request: HttpRequest) -> HttpResponseBase:
    """List the contracts."""
    user = person_of(request)
    extra = {"new_href": reverse("contract_new") if holds(user, "contract.edit") else ""}
    return register_view(request, CONTRACTS, listed_contracts(user), extra=extra)


@page("contract.view")
def contract(request: HttpRequest, code: str) -> HttpResponse:
    """Show a contract with the terms of a day: today's unless `?on=` names another."""
    found, today = _contract(request, code), timezone.localdate()
    asked = OnDayForm(request.GET or None)
    on = (asked.cleaned_data["on"] if asked.is_valid() else None) or today
    context = {
        "page": ContractPage(found, on, today, person_of(request)),
        "on_form": OnDayForm(initial={"on": on}),
        "top_panels": panels.of("contract.top", request, found),
        "main_panels": panels.of("contract.main", request, found),
        "side_panels": panels.of("contract.side", request, found),
    }
    return render(request, "contracts/contract.html", context)


@page("contract.edit")
def contract_new(request: HttpRequest) -> HttpResponse:
    """Draft a contract; its lines and payers follow on the next page."""
    form = NewContractForm(request.POST or None, user=person_of(request), initial=request.GET.dict())
    question = Question(
        "New contract", "Draft contract", reverse("contracts"), "Lines and payers follow on the next page."
    )

    def act(said: dict[str, Any]) -> Done:
        made = verbs.create_contract(**form.values(), actor=_actor(request))
        return Done(f"{made.code} drafted.", reverse("contract_version_edit", args=[made.code, 1]))

    return ask(request, form, question, act)


@page("contract.edit")
def contract_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change facts that are no terms."""
    found = _contract(request, code)
    shape = ContractForm if found.status in NEVER_ACTIVE else FrozenContractForm
    form = shape(request.POST or None, user=person_of(request), initial=contract_values(found))
    back = reverse("contract", args=[code])

    def act(said: dict[str, Any]) -> Done:
        verbs.change_contract(found.pk, **form.values(), actor=_actor(request))
        return Done(f"{code} changed.", back)

    return ask(request, form, Question(f"Edit {found.code}", "Save contract", back), act)


@page("contract.edit")
def contract_amend(request: HttpRequest, code: str) -> HttpResponse:
    """Draft the next version; its lines and payers are changed on the next page."""
    found = _contract(request, code)
    newest = found.versions.order_by("number").last()
    form = AmendForm(request.POST or None, initial={"ends_on": newest and newest.ends_on})
    text = "Lines and payers are copied from the newest version and changed on the next page."
    question = Question(f"Amend {code}", "Draft amendment", reverse("contract", args=[code]), text)

    def act(said: dict[str, Any]) -> Done:
        version = draft_version(found.pk, **said, actor=_actor(request))
        href = reverse("contract_version_edit", args=[code, version.number])
        return Done(f"Version {version.number} drafted.", href)

    return ask(request, form, question, act)


@dataclass(frozen=True)
class Move:
    """A step in the life of a contract: its verb and words."""

    verb: Callable[..., Contract]
    button: str
    done: str
    text: str = ""
    form: type[forms.Form] = ReasonForm
    tone: str = ""


MOVES = {
    "hold": Move(lifecycle.hold_contract, "Put on hold", "on hold", "New projects wait until it is resumed."),
    "resume": Move(lifecycle.resume_contract, "Resume", "active again", form=OptionalReasonForm),
    "complete": Move(lifecycle.complete_contract, "Complete", "completed", form=OptionalReasonForm),
    "terminate": Move(
        lifecycle.terminate_contract,
        "Terminate",
        "terminated",
        "It cannot become active again.",
        tone="danger",
    ),
    "cancel": Move(
        lifecycle.cancel_contract, "Cancel contract", "cancelled", "It never became active.", tone="danger"
    ),
}


@page("contract.edit")
def contract_move(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Hold, resume, complete, terminate or cancel a contract."""
    if kind not in MOVES:
        raise Http404(kind)
    found, move, back = _contract(request, code), MOVES[kind], reverse("contract", args=[code])

    def act(said: dict[str, Any]) -> Done:
        move.verb(found.pk, reason=said["reason"], actor=_actor(request))
        return Done(f"{code} is {move.done}.", back)

    question = Question(f"{move.button}: {found}", move.button, back, move.text, move.tone)
    return ask(request, move.form(request.POST or None), question, act)


def _contract(request: HttpRequest, code: str) -> Contract:
    rows = visible_contracts(person_of(request))
    found: Contract = get_object_or_404(
        rows.select_related("customer", "legal_entity", "owner", "parent", "deal"), code=code
    )
    return found


def _actor(request: HttpRequest) -> Actor:
    return Actor.of(person_of(request))
