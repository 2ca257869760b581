"""One step for many documents at once: send, approve, release."""

import re
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from billing.actions.proposals import approve_proposals, release_proposal, submit_proposals
from billing.filters import ProposalFilter
from billing.models import Proposal
from billing.queries.addresses import exception_address, run_address
from billing.queries.proposal_review import reviewed
from billing.queries.standing import findings_of
from billing.queries.visibility import visible_proposals, visible_runs
from billing.states import ProposalStatus
from billing.views.answers import ask, done
from core.actors import Actor
from core.errors import Invalid, Refusal, Stale
from core.pages import page, person_of
from core.presentation.formats import counted, money
from core.presentation.selection import NothingSelected, Selection

AT_ONCE = 200
MOST_NAMED = 10


@require_POST
@page("proposal.view")
def take_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Send or approve the ticked documents of a run, all or none."""
    found = get_object_or_404(visible_runs(person_of(request)), number=number)
    chosen = visible_proposals(person_of(request)).filter(run=found)
    back = f"{run_address(found)}?do={step}" if "do" in request.GET else run_address(found)
    return _done_with(request, step, Selection.parse(request.POST).rows(chosen), back)


@require_POST
@page("proposal.view")
def take_step_in_register(request: HttpRequest, step: str) -> HttpResponse:
    """Send or approve the selected documents of the register, all or none."""
    filtered = ProposalFilter(request.GET, queryset=visible_proposals(person_of(request)), request=request)
    if not filtered.is_valid():
        raise Invalid("The filter was not understood.", field="q")
    back = f"{reverse('proposals')}?{request.GET.urlencode()}"
    return _done_with(request, step, Selection.parse(request.POST).rows(filtered.qs), back)


@page("proposal.release")
def release(request: HttpRequest, number: str) -> HttpResponse:
    """Ask once more, then release the ticked documents one by one; each stands for itself."""
    found = get_object_or_404(visible_runs(person_of(request)), number=number)
    ids = _ids(request)
    chosen = visible_proposals(person_of(request)).filter(run=found, pk__in=ids).order_by("kind", "number")
    if request.method != "POST":
        count = counted(len(ids), "document")
        text = f"{_worth(chosen)}. The ERP posts them under its own numbers, which only a credit takes back."
        hidden = tuple(("selected", str(pk)) for pk in ids)
        return ask(request, title=f"Release {count} to the ERP", button="Release", text=text, hidden=hidden)
    released, kept = _release_each(chosen, Actor.of(person_of(request)))
    if kept:
        # Kept for the page itself, which lists them until it is left: a toast is gone before it is read.
        messages.warning(request, render_to_string("billing/parts/kept.html", {"kept": kept}))
    message = f"{released} released, {len(kept)} not" if kept else f"{released} released"
    return done(request, message, back=run_address(found))


def _worth(chosen: QuerySet[Proposal]) -> str:
    """Return what documents come to with tax, per currency, in words."""
    sums = chosen.order_by("currency").values_list("currency").annotate(gross=Sum("gross"))
    return " and ".join(money(gross, currency, code=True) for currency, gross in sums)


def _done_with(request: HttpRequest, step: str, rows: QuerySet[Proposal], back: str) -> HttpResponse:
    verb, words = {
        "submit": (submit_proposals, "sent for approval"),
        "approve": (approve_proposals, "approved"),
    }[step]
    with transaction.atomic():
        chosen = list(
            visible_proposals(person_of(request)).filter(pk__in=rows).select_for_update(no_key=True)
        )
        _unchanged_since_seen(request, chosen)
        if step == "approve" and "confirmed" not in request.POST and (failing := _failing(chosen)):
            return _ask_about(request, failing)
        changed = verb([one.pk for one in chosen], actor=Actor.of(person_of(request)))
    return done(request, f"{len(changed)} {words}", back=back)


def _failing(chosen: Sequence[Proposal]) -> list[str]:
    """Return what stands against documents, each by its number."""
    findings = findings_of(list(reviewed(Proposal.objects.filter(pk__in=[one.pk for one in chosen]))))
    return [
        f"{one.number}: {finding.text}"
        for one in chosen
        for finding in findings.get(one.pk, {}).values()
        if finding.holds_up
    ]


def _ask_about(request: HttpRequest, failing: list[str]) -> HttpResponse:
    count = counted(len({line.partition(":")[0] for line in failing}), "document")
    more = f" And {len(failing) - MOST_NAMED} more." if len(failing) > MOST_NAMED else ""
    said = [(name, value) for name, values in request.POST.lists() for value in values]
    kept = tuple(pair for pair in said if pair[0] not in {"csrfmiddlewaretoken", "next"})
    return ask(
        request,
        title=f"Approve {count} with failing checks",
        button="Approve all the same",
        text=f"{'. '.join(failing[:MOST_NAMED])}.{more}",
        hidden=(*kept, ("confirmed", "yes")),
    )


def _unchanged_since_seen(request: HttpRequest, chosen: Sequence[Proposal]) -> None:
    """Refuse documents that are not at the version the page showed: people decide on what they saw."""
    seen = dict(pair.split(":", 1) for pair in request.POST.getlist("seen") if ":" in pair)
    moved = [one.number for one in chosen if str(one.pk) in seen and seen[str(one.pk)] != str(one.version)]
    if moved:
        raise Stale(f"{', '.join(moved)} changed since you looked: look again.")


def _release_each(chosen: QuerySet[Proposal], actor: Actor) -> tuple[int, list[tuple[str, str, bool]]]:
    """Release documents, credit notes first; return how many went, and which did not, why, still waiting?"""
    released, kept = 0, []
    for proposal in chosen:
        try:
            after = release_proposal(proposal.pk, actor=actor)
        except Refusal as refusal:
            why = _with_links(refusal.sentence.removeprefix(f"{proposal.number} "))
            kept.append((proposal.number, why, True))
            continue
        if after.status == ProposalStatus.DRAFT:
            kept.append((after.number, "changed since its approval and is a draft again.", False))
        else:
            released += 1
    return released, kept


def _with_links(sentence: str) -> str:
    """Return a sentence whose exceptions lead to their pages."""
    parts = re.split(r"(EX-\d+)", sentence)
    drawn = (
        format_html('<a class="u-id" href="{}">{}</a>', exception_address(part), part) if place % 2 else part
        for place, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((part,) for part in drawn))


def _ids(request: HttpRequest) -> list[UUID]:
    given = request.POST if request.method == "POST" else request.GET
    try:
        ids = [UUID(text) for text in dict.fromkeys(given.getlist("selected"))]
    except ValueError as error:
        raise Invalid("The selection names documents that do not exist.", field="selected") from error
    if not ids:
        raise NothingSelected("Select at least one document first.", field="selected")
    if len(ids) > AT_ONCE:
        raise Invalid(f"Release at most {AT_ONCE} documents at once.", field="selected")
    return ids
