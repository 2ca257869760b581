"""Steps that judge a deal and keep its exceptions in step. They need the deal's row locked."""

from collections.abc import Iterable
from dataclasses import asdict

from django.utils import timezone

from contracts.deals.rules import Finding, checks
from contracts.deals.surroundings import Surroundings, surroundings_of
from contracts.deals.terms import DealTerms, Said, label_of, terms_of
from contracts.events import AboutDeal
from contracts.models import Deal, FieldConflict
from contracts.states import DEAL, DealState
from core.actors import Actor
from core.errors import Refusal
from core.exceptions import Cause, close_exceptions, open_exception

OPEN = (DealState.INCOMPLETE, DealState.READY)


class DealClosed(Refusal):
    """A deal that became a contract, or was withdrawn, takes no more completion."""

    code = "deal_closed"


def judge(deal: Deal) -> list[Finding]:
    """Set columns, findings and state of an open deal from what it says, unsaved; return the findings."""
    terms = terms_of(deal.given, deal.completed)
    ours = surroundings_of(terms)
    judged = checks(terms, ours)
    found = [finding for _, findings in judged for finding in findings]
    _repeat(deal, terms, ours)
    deal.missing = [{"check": title, **asdict(one)} for title, findings in judged for one in findings]
    target = DealState.INCOMPLETE if any(one.blocks for one in found) else DealState.READY
    if deal.state != target and not deal._state.adding:
        DEAL.check(deal.state, target, label=deal.code)
    deal.state = target
    return found


def _repeat(deal: Deal, terms: DealTerms, ours: Surroundings) -> None:
    deal.name = terms.name[:160] or deal.source_id
    deal.customer_name = terms.customer_name[:160]
    deal.legal_entity = ours.entity
    deal.currency = terms.currency if terms.currency in ours.currencies else ""
    deal.amount, deal.closed_on = terms.amount, terms.closed_on


def about(deal: Deal) -> AboutDeal:
    """Return what every event says of a deal."""
    return AboutDeal(deal.code, deal.source, deal.source_id, deal.state, blocking_codes(deal))


def blocking_codes(deal: Deal) -> list[str]:
    """Return the codes of what keeps the deal from becoming a contract."""
    return [one["code"] for one in deal.missing if one["blocks"]]


def tell_what_is_missing(deal: Deal, *, actor: Actor) -> None:
    """Open or refresh the exception of an incomplete deal, close that of any other."""
    key = f"deal_incomplete:{deal.pk}"
    if deal.state != DealState.INCOMPLETE:
        close_exceptions([key], actor=actor, resolution=f"{deal.code} is {deal.state}")
        return
    blocking = [one for one in deal.missing if one["blocks"]]
    count = f"{len(blocking)} things are missing" if len(blocking) > 1 else "one thing is missing"
    cause = Cause(
        code="deal_incomplete",
        key=key,
        title=f"{deal.name[:120]}: {count} before a contract can be drafted",
        object_type="contracts.deal",
        object_id=deal.pk,
        object_label=deal.code,
        subject_label=deal.customer_name,
        legal_entity_id=deal.legal_entity_id,
        flow="deal_intake",
        team="pmo",
        money_at_risk=deal.amount if deal.currency else None,
        currency=deal.currency,
        evidence={"sentence": " ".join(one["sentence"] for one in blocking), "source_id": deal.source_id},
    )
    open_exception(cause, actor=actor)


def tell_of_conflicts(deal: Deal, *, actor: Actor) -> None:
    """Open or refresh the exception about fields that both sides changed, close it when none is open."""
    key = f"ownership_conflict:{deal.pk}"
    open_ones = list(FieldConflict.objects.filter(deal=deal, kept="").order_by("field"))
    if not open_ones:
        close_exceptions([key], actor=actor, resolution="Every field is settled")
        return
    terms = terms_of(deal.given, deal.completed)
    named = ", ".join(label_of(one.field, terms) for one in open_ones)
    cause = Cause(
        code="ownership_conflict",
        key=key,
        title=f"The CRM says otherwise about {deal.code}: {named}"[:200],
        object_type="contracts.deal",
        object_id=deal.pk,
        object_label=deal.code,
        subject_label=deal.customer_name,
        contract_id=deal.contract_id,
        legal_entity_id=deal.legal_entity_id,
        flow="deal_intake",
        team="finance",
        money_at_risk=deal.amount if deal.currency else None,
        currency=deal.currency,
        evidence={
            one.field: f"{one.ours or 'nothing'} here, {one.theirs or 'nothing'} there" for one in open_ones
        },
    )
    open_exception(cause, actor=actor)


def _both(conflict: FieldConflict) -> str:
    return f"{conflict.ours or 'nothing'} here, {conflict.theirs or 'nothing'} there"


def note_conflicts(deal: Deal, differing: Iterable[tuple[str, str, str]]) -> list[str]:
    """Keep what each side says of a field, once per field while it is open; return the fields."""
    fields = []
    for field, ours, theirs in differing:
        FieldConflict.objects.update_or_create(
            deal=deal, field=field, kept="", defaults={"ours": ours[:240], "theirs": theirs[:240]}
        )
        fields.append(field)
    return fields


def drop_agreed(deal: Deal, standing: Said, *, actor: Actor) -> None:
    """Settle the open conflicts of fields on which the source came round to our word."""
    for conflict in FieldConflict.objects.filter(deal=deal, kept=""):
        if conflict.field == "stage" or deal.given.get(conflict.field, "") == standing.get(conflict.field):
            conflict.kept, conflict.settled_by = FieldConflict.Kept.OURS, actor.text
            conflict.settled_at = timezone.now()
            conflict.save(update_fields=["kept", "settled_by", "settled_at"])
