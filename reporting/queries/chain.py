"""The chain from contract to payment: how far the work of a contract, or a part of it, has come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection

from core.presentation.formats import counted, day, money, number
from core.presentation.parts import ChainNode
from core.presentation.vocabulary import word
from reporting.queries.addresses import address

STAGES = ("contract", "work", "price", "document", "erp", "payment")


@dataclass(frozen=True)
class Stretch:
    """What the chain is about: a contract, narrowed to a document, to entries, or to work dates."""

    contract_id: UUID
    proposal_id: UUID | None = None
    roots: tuple[UUID, ...] | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class ChainFacts:
    """What is known of each stage; amounts in `currency`, the document's in its own, which is the same."""

    code: str
    name: str
    status: str
    customer: str
    customer_name: str
    approved: int
    hours: Decimal | None
    submitted: int
    rejected: int
    projects: list[str] | None
    charges: int
    amount: Decimal | None
    currency: str | None
    open: int
    open_amount: Decimal | None
    number: str | None
    kind: str | None
    document_status: str | None
    net: Decimal | None
    gross: Decimal | None
    refusal: str | None
    erp_number: str | None
    posted_on: date | None
    payment_status: str | None
    paid_amount: Decimal | None
    documents: int


def chain_facts(about: Stretch) -> ChainFacts | None:
    """Read every stage in one statement; None where there is no such contract."""
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(),
            {
                "contract": about.contract_id,
                "proposal": about.proposal_id,
                "roots": list(about.roots) if about.roots is not None else None,
                "first_on": about.first_on,
                "last_on": about.last_on,
            },
        )
        row = cursor.fetchone()
    return ChainFacts(*row) if row else None


def chain_nodes(
    facts: ChainFacts, *, failed: str = "", told: Mapping[str, str] | None = None
) -> tuple[ChainNode, ...]:
    """Return the stages as nodes; `failed` names the stage that stopped, and those after it wait.

    `told` replaces what a stage says, where the asker knows more than the sums.
    """
    nodes = [
        ChainNode(
            "Contract", "done", facts.code, address("contract", facts.code), facts.customer_name, "Agreement"
        ),
        _work(facts),
        _price(facts),
        _document(facts),
        _erp(facts),
        _payment(facts),
    ]
    stopped = STAGES.index(failed) if failed else len(nodes)
    said = told or {}
    nodes = [
        replace(node, text=said.get(stage, node.text)) for stage, node in zip(STAGES, nodes, strict=True)
    ]
    return tuple(_placed(node, place, stopped) for place, node in enumerate(nodes))


def _placed(node: ChainNode, place: int, stopped: int) -> ChainNode:
    if place < stopped:
        return node
    if place == stopped:
        return replace(node, state="failed")
    return replace(node, state="waiting", text="", source="Waiting")


def _work(facts: ChainFacts) -> ChainNode:
    if not facts.approved:
        entries = counted(facts.submitted, "entry waits", "entries wait")
        waiting = f"{entries} for approval" if facts.submitted else "none approved"
        return ChainNode("Work", "waiting", text=waiting, source="Waiting")
    text = f"{counted(facts.approved, 'entry', 'entries')}, {number(facts.hours or Decimal(0), places=1)} h"
    text += f", {facts.submitted} more submitted" if facts.submitted else ""
    return ChainNode("Time approved", "done", text=text, source="Timesheets")


def _price(facts: ChainFacts) -> ChainNode:
    if not facts.charges:
        return ChainNode("Price", "waiting", text="not priced", source="Waiting")
    text = money(facts.amount or Decimal(0), facts.currency or "")
    if facts.open and facts.open_amount != facts.amount:
        text += f", {money(facts.open_amount or Decimal(0), facts.currency or '')} unbilled"
    return ChainNode("Priced", "done", text=text, source="Here")


def _document(facts: ChainFacts) -> ChainNode:
    if not facts.number:
        return ChainNode("Proposal", "waiting", source="Waiting")
    known = word(facts.document_status or "", "proposal").text
    more = f", newest of {facts.documents}" if facts.documents > 1 else ""
    label = "Credit note" if facts.kind == "credit_note" else "Proposal"
    state = "failed" if facts.refusal and facts.document_status == "draft" else "done"
    return ChainNode(label, state, facts.number, address("proposal", facts.number), f"{known}{more}", "Here")


def _erp(facts: ChainFacts) -> ChainNode:
    if facts.erp_number:
        posted = f"posted {day(facts.posted_on)}" if facts.posted_on else ""
        return ChainNode("ERP document", "done", facts.erp_number, text=posted, source="ERP")
    sent = "being posted" if facts.document_status == "releasing" else ""
    return ChainNode("ERP document", "waiting", text=sent, source="Waiting")


def _payment(facts: ChainFacts) -> ChainNode:
    if not facts.paid_amount:
        return ChainNode("Payment", "waiting", source="Waiting")
    text = f"{word(facts.payment_status or '').text}, {money(facts.paid_amount, facts.currency or '')}"
    return ChainNode(
        "Payment", "done" if facts.payment_status == "paid" else "waiting", text=text, source="ERP"
    )


@cache
def _statement() -> str:
    return (Path(__file__).parent / "chain.sql").read_text()
