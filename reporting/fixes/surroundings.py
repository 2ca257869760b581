"""What an exception is about: links, and the chain it stops."""

from core.fixes import Surroundings, cause_label, surrounds
from core.models import ExceptionItem, User
from core.permissions import holds
from core.presentation.formats import counted
from core.presentation.parts import Link
from reporting.queries.addresses import address
from reporting.queries.chain import ChainFacts, Stretch, chain_facts, chain_nodes
from reporting.queries.subjects import exception_subject


@surrounds
def around(item: ExceptionItem, user: User) -> Surroundings:
    """Link customer, contract and document; show where the chain stops."""
    subject = exception_subject(item)
    stretch = _of_gap(item) or subject.stretch
    facts = chain_facts(stretch) if stretch else None
    links = _links(item, facts)
    if facts is None or not holds(user, "trace.view"):
        return Surroundings(links)
    if item.resolved_at:
        return Surroundings(links, chain_nodes(facts))
    return Surroundings(links, chain_nodes(facts, failed=subject.failed, told=_told(item)))


def _told(item: ExceptionItem) -> dict[str, str]:
    """Say what the item knows of its own stages: the work in question, and why it stopped."""
    told = {"price": "no price in force"} if item.flow == "pricing" else {}
    if entries := item.evidence.get("entries"):
        told["work"] = counted(entries, "entry", "entries")
    if item.flow in {"release", "invoice_delivery"}:
        told["erp"] = _inside_a_sentence(cause_label(item.code))
    if item.flow == "billing_run":
        told["document"] = _inside_a_sentence(cause_label(item.code))
    return told


def _inside_a_sentence(label: str) -> str:
    """Return a label with a small first letter, but for abbreviations such as ERP."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _of_gap(item: ExceptionItem) -> Stretch | None:
    """Narrow the chain of unpriced work to its days; a contract's other work is not in question."""
    found = item.evidence
    if item.flow != "pricing" or item.contract_id is None or not found.get("first_on"):
        return None
    return Stretch(item.contract_id, first_on=found["first_on"], last_on=found["last_on"])


def _links(item: ExceptionItem, facts: ChainFacts | None) -> tuple[Link, ...]:
    if facts is None:
        names = (item.subject_label, item.object_label)
        return tuple(Link(name, "") for name in names if name)
    links = [Link(facts.customer_name, address("customer", facts.customer))]
    links += [Link(code, address("project", code)) for code in (facts.projects or [])[:2]]
    links.append(Link(f"contract {facts.code}", address("contract", facts.code)))
    if item.object_type == "billing.proposal" and item.object_label:
        links.append(Link(item.object_label, address("proposal", item.object_label)))
    return tuple(links)
