"""A proposal as its reader will see it, each line open to the work behind it."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import groupby

from billing.models import Proposal, ProposalLine, ProposalTax
from billing.queries.addresses import charges_address, contract_address, proposal_address
from billing.queries.changes import Changes
from billing.queries.explanations import UNITS
from billing.queries.paper_sources import sources_of
from billing.states import ProposalKind, ProposalStatus
from core.presentation.formats import counted, day, number, span
from core.presentation.paper import Paper, PaperLine, PaperSection, PaperSource, PaperSum
from core.presentation.parts import Fact

MOST_LINES = 150
ALL = "all"


def paper_of(
    proposal: Proposal,
    lines: Sequence[ProposalLine],
    changes: Changes,
    *,
    opened: Collection[str] = (),
    address: str = "",
) -> Paper:
    """Return the document with the lines at the `opened` positions unfolded; `address` is its page."""
    shown = lines[:MOST_LINES]
    open_ids = [line.pk for line in shown if ALL in opened or str(line.position) in opened]
    sources = sources_of(open_ids, proposal.number) if open_ids else {}
    sections = []
    for title, group in groupby(shown, key=lambda line: line.section):
        drawn = tuple(_line(line, changes, sources.get(line.pk), address, opened) for line in group)
        sections.append(PaperSection(title, drawn))
    if rest := lines[MOST_LINES:]:
        sections.append(_rest(rest, proposal.number))
    return Paper(
        title=_title(proposal),
        code=proposal.number,
        remark=_remark(proposal),
        address=_postal_address(proposal),
        facts=_facts(proposal),
        sections=tuple(sections),
        sums=(PaperSum("Net", proposal.net), *(_tax(tax) for tax in _taxes(proposal))),
        total_label="Total due" if proposal.kind == ProposalKind.INVOICE else "Total credited",
        total=proposal.gross,
        currency=proposal.currency,
    )


def _line(
    line: ProposalLine,
    changes: Changes,
    sources: tuple[PaperSource, ...] | None,
    address: str,
    opened: Collection[str],
) -> PaperLine:
    measured = line.unit_price is not None or line.quantity != 1
    return PaperLine(
        text=line.description,
        amount=line.net,
        quantity=line.quantity if measured else None,
        unit=UNITS[line.unit],
        rate=line.unit_price,
        was_rate=changes.former_rates.get(line.pk),
        changed=line.pk in changes.former_rates or line.pk in changes.added,
        href=_toggled(address, line, opened),
        name=f"line-{line.position}",
        opened=sources is not None,
        sources=sources or (),
    )


def _toggled(address: str, line: ProposalLine, opened: Collection[str]) -> str:
    """Return the page's address with this line opened, or folded where it is open."""
    place = str(line.position)
    if ALL in opened or place in opened:
        left = [one for one in opened if one not in (ALL, place)]
    else:
        left = [*opened, place]
    joined = ",".join(sorted(left))
    parameter = f"{'&' if '?' in address else '?'}open={joined}" if joined else ""
    return f"{address}{parameter}#line-{place}"


def _rest(rest: Sequence[ProposalLine], number_: str) -> PaperSection:
    total = sum((line.net for line in rest), Decimal(0))
    text = f"{len(rest)} further lines"
    return PaperSection("", (PaperLine(text, total, href=charges_address(document=number_)),))


def _title(proposal: Proposal) -> str:
    kind = "Credit note" if proposal.kind == ProposalKind.CREDIT_NOTE else "Invoice"
    return kind if proposal.status == ProposalStatus.POSTED else f"{kind} proposal"


def _remark(proposal: Proposal) -> str:
    if proposal.status == ProposalStatus.POSTED and proposal.posted_on:
        return f"Posted as {proposal.erp_number} on {day(proposal.posted_on)}."
    if proposal.status == ProposalStatus.DISCARDED:
        return "Discarded."
    return "Draft for review. Not a tax invoice."


def _postal_address(proposal: Proposal) -> tuple[str, ...]:
    account = proposal.billing_account
    place = " ".join(part for part in (account.city, account.postal_code, account.country) if part)
    return tuple(line for line in (account.name, account.street, place) if line)


def _facts(proposal: Proposal) -> tuple[Fact, ...]:
    amendment = proposal.contract_version.number - 1
    facts = [
        Fact(
            "Contract",
            proposal.contract.code,
            contract_address(proposal.contract.code),
            f", amendment {amendment}" if amendment else "",
        ),
        Fact("Purchase order", proposal.purchase_order or "none"),
        Fact("Date", day(proposal.document_date)),
        Fact("Period", span(proposal.service_from, proposal.service_to)),
        Fact("Terms", f"{counted(proposal.payment_terms_days, 'day')} net"),
    ]
    if proposal.credits:
        number_ = proposal.credits.number
        facts.append(Fact("Credits", proposal.credits.erp_number or number_, proposal_address(number_)))
    if proposal.fx_rate is not None and proposal.fx_rate != 1 and proposal.fx_on:
        rate = f"{number(proposal.fx_rate)} ({proposal.fx_source}, {day(proposal.fx_on, 'short')})"
        facts.append(Fact(f"{proposal.currency} to {proposal.legal_entity.base_currency_id}", rate))
    return tuple(facts)


def _taxes(proposal: Proposal) -> list[ProposalTax]:
    return list(proposal.taxes.select_related("tax_code").order_by("tax_code__code"))


def _tax(tax: ProposalTax) -> PaperSum:
    percent = number(tax.percent)
    named = tax.tax_code.name
    text = named if percent in named.split() else f"{named} at {percent}%"
    return PaperSum(f"{text}. {tax.legal_text}" if tax.legal_text else text, tax.amount)
