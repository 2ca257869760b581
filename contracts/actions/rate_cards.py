"""Open and rename rate cards."""

import uuid
from typing import TypedDict, Unpack

from contracts.events import RateCardChanged, RateCardCreated
from contracts.models import RateCard
from contracts.policies import entity_of
from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.permissions import require
from core.rows import check_fields, code_for, locked, save_changes
from core.verbs import verb

_SCOPE_FIELDS = {"legal_entity": "legal_entity_id", "customer": "customer_id", "contract": "contract_id"}


class CardFields(TypedDict, total=False):
    """What may be said about a rate card; exactly the id its scope names is given."""

    name: str
    scope: str
    currency_id: str
    unit: str
    legal_entity_id: uuid.UUID | None
    customer_id: uuid.UUID | None
    contract_id: uuid.UUID | None


@verb
def create_card(*, actor: Actor, code: str = "", reason: str = "", **fields: Unpack[CardFields]) -> RateCard:
    """Open a list of prices for a scope, in one currency and unit; records rate_card.created."""
    card = RateCard(
        code=code_for(RateCard, code, prefix="RC", sequence="contracts_rate_card_number"), **fields
    )
    check_fields(card)
    _check_scope(card)
    require(actor, "rate.edit", entity_of(card))
    card.save(force_insert=True)
    record(
        card,
        RateCardCreated(card.code, card.scope, card.currency_id, card.unit),
        legal_entity_id=entity_of(card),
    )
    return card


@verb
def rename_card(
    card_id: uuid.UUID, *, name: str, actor: Actor, expected_version: int | None = None, reason: str = ""
) -> RateCard:
    """Change the card's name; records rate_card.changed. Scope, currency and unit stay as opened."""
    card = locked(RateCard, card_id, expected_version=expected_version)
    require(actor, "rate.edit", entity_of(card))
    if changed := save_changes(card, {"name": name}):
        record(card, RateCardChanged(card.code, changed), legal_entity_id=entity_of(card))
    return card


def _check_scope(card: RateCard) -> None:
    needed = _SCOPE_FIELDS.get(card.scope)
    given = {name for name in _SCOPE_FIELDS.values() if getattr(card, name) is not None}
    if given != ({needed} if needed else set()):
        subject = needed.removesuffix("_id").replace("_", " ") if needed else "nothing else"
        raise Invalid(
            f"A card of this scope names {subject} it is for, and only that.", field=needed or "scope"
        )
    if card.contract and card.contract.currency_id != card.currency_id:
        raise Invalid(
            f"{card.contract.code} is in {card.contract.currency_id}: so must its card be.", field="currency"
        )
