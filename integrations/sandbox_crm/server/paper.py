"""The HTML of the CRM's pages: plain on purpose, so that nobody takes it for Tieout."""

from collections.abc import Iterable, Mapping
from html import escape

from integrations.sandbox_crm.server.deals import CLOSED, Deal

EDITED = (
    "name",
    "account.legal_name",
    "account.country",
    "account.tax_id",
    "account.street",
    "account.postal_code",
    "account.city",
    "billing_contact.name",
    "billing_contact.email",
    "selling_company",
    "amount",
    "currency",
    "starts_on",
    "ends_on",
    "delivery_owner_email",
    "purchase_order",
    "signed_document.name",
)
_STYLE = """
body { font: 15px/1.5 Georgia, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .6rem;
border-bottom: 1px solid #ddd } h1 { color: #7a2e0e } button { padding: .3rem .8rem; margin-right: .5rem }
label { display: block; margin: .3rem 0 } input { width: 24rem; max-width: 100% } .q { color: #666 }
"""


def list_page(deals: Iterable[Deal]) -> str:
    """Draw the deals, the last changed first."""
    rows = "".join(
        f'<tr><td><a href="/deals/{_at(deal, "id")}">{_at(deal, "name")}</a></td><td>{_at(deal, "id")}</td>'
        f"<td>{_at(deal, 'account.name')}</td><td>{_at(deal, 'amount')} {_at(deal, 'currency')}</td>"
        f"<td>{_words(deal)}</td><td>{_at(deal, 'contract_code')}</td></tr>"
        for deal in reversed(list(deals))
    )
    head = "<tr><th>Deal<th>Number<th>Account<th>Amount<th>Stage<th>Contract</tr>"
    return _page("Deals", f"<table>{head}{rows}</table>")


def deal_page(deal: Deal, messages: Iterable[Mapping[str, object]]) -> str:
    """Draw one deal: stage buttons, what can be edited, its products, what was told to whom."""
    address = f"/deals/{_at(deal, 'id')}"
    written = (
        f"<p class=q>Contract {_at(deal, 'contract_code') or 'none yet'}, projects "
        f"{_at(deal, 'project_codes') or 'none yet'}, "
        f"delivery {_at(deal, 'delivery_status') or 'not started'}</p>"
    )
    inputs = "".join(
        f"<label>{escape(name.replace('_', ' ').replace('.', ': '))}<br>"
        f'<input name="{name}" value="{_at(deal, name)}"></label>'
        for name in EDITED
    )
    return _page(
        f"{_at(deal, 'name')} ({_at(deal, 'id')})",
        f'<p><a href="/">All deals</a></p><p>Stage: <b>{_words(deal)}</b>, version {_at(deal, "version")}</p>'
        f'<form method="post" action="{address}/stage">{_buttons(deal)}</form>{written}'
        f"<h2>Products</h2>{_products(deal)}<h2>Edit</h2>"
        f'<form method="post" action="{address}/edit">{inputs}<p><button>Save</button></p></form>'
        f"<h2>Webhooks</h2>{_messages(messages)}",
    )


def refused_page(sentence: str, deal_id: str) -> str:
    """Draw why something was not done."""
    return _page("Not done", f'<p>{escape(sentence)}</p><p><a href="/deals/{escape(deal_id)}">Back</a></p>')


def _buttons(deal: Deal) -> str:
    moves = (
        ("closed_won", "Close won"),
        ("closed_lost", "Close lost"),
        ("negotiation", "Back to negotiation"),
    )
    shown = [move for move in moves if move[0] != deal["stage"] and (move[0] in CLOSED or _closed(deal))]
    return "".join(f'<button name="stage" value="{stage}">{text}</button>' for stage, text in shown)


_MOVES = (("closed_won", "Close won"), ("closed_lost", "Close lost"), ("negotiation", "Back to negotiation"))


def _closed(deal: Deal) -> bool:
    return deal["stage"] in CLOSED


def _products(deal: Deal) -> str:
    products = deal["products"]
    assert isinstance(products, list)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(row[name] or ''))}</td>" for name in _SHOWN) + "</tr>"
        for row in products
    )
    return f"<table><tr><th>Product<th>Family<th>Billing<th>Amount<th>From<th>To</tr>{rows}</table>"


_SHOWN = ("name", "family", "billing", "amount", "starts_on", "ends_on")


def _messages(messages: Iterable[Mapping[str, object]]) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(row[name] or ''))}</td>" for name in _SENT) + "</tr>"
        for row in messages
    )
    return f"<table><tr><th>Event<th>State<th>Tries<th>Answer</tr>{rows}</table>"


_SENT = ("event", "state", "attempts", "answer")


def _words(deal: Deal) -> str:
    return _at(deal, "stage").replace("_", " ")


def _at(deal: Mapping[str, object], path: str) -> str:
    found: object = deal
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, list):
        return escape(", ".join(str(one) for one in found))
    return "" if found is None else escape(str(found))


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} · Sandbox CRM</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1>"
        f"<p class=q>Sandbox CRM: a system beside Tieout.</p>{body}</html>"
    )
