"""Our document and the ERP's field by field."""

from decimal import Decimal
from typing import Any

from billing.models import ErpDocument, Proposal, ProposalLine
from core.money import round_quantity
from core.presentation.formats import day, number
from core.presentation.parts import FieldComparison, FieldPair
from core.presentation.vocabulary import word
from integrations.models import Break, ExternalReference
from integrations.queries.parties import BILLING_ACCOUNT

Values = dict[str, str]


def compare_fields(row: Break) -> FieldComparison:
    """Return the fields of both documents of a break; a side that is missing stays empty."""
    ours = _ours(row.proposal, row) if row.proposal else {}
    theirs = _theirs(row.erp_document) if row.erp_document else {}
    names = list(dict.fromkeys([*_ordered(ours), *_ordered(theirs)]))
    names.sort(key=_place)
    return FieldComparison(
        ours_title=f"Billing {row.proposal.number}" if row.proposal else "Nothing in billing",
        theirs_title=f"ERP {row.erp_document.number}" if row.erp_document else "Nothing in ERP",
        pairs=tuple(
            FieldPair(_label(name, ours, theirs), ours.get(name, ""), theirs.get(name, "")) for name in names
        ),
    )


_FIELDS = (
    "Customer account",
    "Purchase order",
    "Document date",
    "Currency",
    "State",
    "Line",
    "Net amount",
    "Tax",
    "Gross amount",
)


def _place(name: str) -> tuple[int, int]:
    field, _, rest = name.partition("#")
    return _FIELDS.index(field), int(rest) if rest.isdigit() else 0


def _ordered(values: Values) -> list[str]:
    return [name for name in values if not name.startswith("label:")]


def _label(name: str, ours: Values, theirs: Values) -> str:
    described = ours.get(f"label:{name}") or theirs.get(f"label:{name}")
    if name.startswith("Line#"):
        return f"Line {name.partition('#')[2]}, {described}"
    return described or name


def _ours(proposal: Proposal, row: Break) -> Values:
    account = ExternalReference.objects.filter(
        system=row.system_id, object_type=BILLING_ACCOUNT, object_id=proposal.billing_account_id
    ).first()
    values = {
        "Customer account": account.external_id if account else proposal.billing_account.code,
        "Purchase order": proposal.purchase_order,
        "Document date": day(proposal.document_date),
        "Currency": proposal.currency,
        "State": word(proposal.status, "proposal").text,
    }
    for place, line in enumerate(proposal.lines.all(), start=1):
        values[f"Line#{place}"] = _product(line.quantity, _unit_price(line), line.net)
        values[f"label:Line#{place}"] = line.description
    taxes = list(proposal.taxes.select_related("tax_code"))
    if len(taxes) == 1:
        values["label:Tax"] = taxes[0].tax_code.name
    return values | _sums(proposal.net, proposal.tax, proposal.gross)


def _theirs(document: ErpDocument) -> Values:
    values = {
        "Customer account": document.customer,
        "Purchase order": document.purchase_order,
        "Document date": day(document.document_date),
        "Currency": document.currency,
        "State": word(document.state).text,
    }
    for place, line in enumerate(document.lines, start=1):
        quantity, price, net = (Decimal(line[name]) for name in ("quantity", "unit_price", "net"))
        values[f"Line#{place}"] = _product(quantity, price, net)
        values[f"label:Line#{place}"] = str(line["description"]).rpartition(": ")[2]
    return values | _sums(document.net, document.tax, document.gross)


def _sums(net: Decimal, tax: Decimal, gross: Decimal) -> Values:
    return {
        "Net amount": number(net, places=2),
        "Tax": number(tax, places=2),
        "Gross amount": number(gross, places=2),
    }


def _product(quantity: Decimal, price: Decimal, net: Decimal) -> str:
    return f"{number(quantity, places=2)} × {number(price, places=2)} = {number(net, places=2)}"


def _unit_price(line: ProposalLine) -> Decimal:
    """Return the price the ERP was told: lines that gather several prices were sent with their average."""
    if line.unit_price is not None:
        return line.unit_price
    return round_quantity(line.net / line.quantity) if line.quantity else line.net


def suggestion_for(row: Break, others: "list[Break]") -> Break | None:
    """Return the break that looks like the other half: same customer and amount, one missing on each side."""
    wanted = {"missing_here": "missing_there", "missing_there": "missing_here"}.get(row.kind)
    alike: list[Any] = [
        other
        for other in others
        if other.kind == wanted and other.difference == -row.difference and _party(other) == _party(row) != ""
    ]
    return alike[0] if len(alike) == 1 else None


def _party(row: Break) -> str:
    if row.erp_document:
        return row.erp_document.customer_name.casefold()
    return row.proposal.billing_account.name.casefold() if row.proposal else ""
