"""Strict reading of what people and systems say about a deal."""

from collections.abc import Callable

from integrations.sandbox_erp.server.body import Body
from integrations.sandbox_erp.server.refusals import invalid

STAGES = ("prospecting", "proposal", "negotiation", "closed_won", "closed_lost")
TEXTS = ("name", "selling_company", "delivery_owner_email", "purchase_order", "currency")
DAYS = ("close_date", "starts_on", "ends_on")
WRITTEN_BACK = ("contract_code", "delivery_status")
PARTS = {
    "account": ("id", "name", "legal_name", "country", "tax_id", "street", "postal_code", "city"),
    "billing_contact": ("name", "email"),
    "owner": ("name", "email"),
    "signed_document": ("name", "url"),
}
PRODUCT = ("id", "name", "family", "billing")


def read_changes(body: Body) -> dict[str, object]:
    """Read the fields that are sent; null or an empty text empties one, an unknown field is refused."""
    known = {*_READERS, *PARTS, "products"}
    if unknown := sorted(set(body.data) - known):
        raise invalid(f"A deal has no field {unknown[0]}.", unknown[0])
    return {name: _value(body, name) for name in body.data}


def read_written_back(body: Body) -> dict[str, object]:
    """Read what the delivery side tells about the deal."""
    if unknown := sorted(set(body.data) - {*WRITTEN_BACK, "project_codes"}):
        raise invalid(f"{unknown[0]} is not written back.", unknown[0])
    values: dict[str, object] = {name: body.optional_text(name) for name in WRITTEN_BACK if name in body.data}
    if "project_codes" in body.data:
        values["project_codes"] = body.texts("project_codes")
    return values


def _value(body: Body, name: str) -> object:
    if name == "products":
        return [_product(row) for row in body.children("products")]
    if name in PARTS:
        if body.data[name] is None:
            return None
        part = body.child(name)
        return {key: part.optional_text(key) for key in PARTS[name]}
    return _READERS[name](body, name)


def _product(row: Body) -> dict[str, object]:
    amount = row.optional_amount("amount")
    return {
        **{name: row.optional_text(name) for name in PRODUCT},
        "amount": None if amount is None else f"{amount:f}",
        **{name: _day(row, name) for name in ("starts_on", "ends_on")},
    }


def _day(body: Body, name: str) -> str | None:
    return body.day(name).isoformat() if body.data.get(name) else None


def _amount(body: Body, name: str) -> str | None:
    amount = body.optional_amount(name)
    return None if amount is None else f"{amount:f}"


def _terms(body: Body, name: str) -> int | None:
    return body.whole(name, 30) if body.has(name) else None


_READERS: dict[str, Callable[[Body, str], object]] = {
    **dict.fromkeys(TEXTS, Body.optional_text),
    **dict.fromkeys(DAYS, _day),
    "amount": _amount,
    "payment_terms_days": _terms,
    "purchase_order_required": lambda body, name: body.flag(name, False),
}
