"""Documents the ERP did not take for now: send them again once its side is put right."""

from django import forms
from django.urls import reverse

from core.fixes import Evidence, Fix, shows, suggests
from core.models import ExceptionItem, User
from core.permissions import holds
from core.presentation.formats import money
from core.presentation.parts import Fact, Link
from reporting.fixes.processes import process_fix
from reporting.queries.addresses import address

ADVICE = {
    "period_closed": "Send it again once the period is open",
    "customer_blocked": "Send it again once the customer is unblocked",
    "customer_unknown": "Send it again once the customer exists",
    "company_unknown": "Send it again once the company exists",
    "tax_code_unknown": "Send it again once the tax code exists",
    "currency_not_allowed": "Send it again once the currency is allowed",
    "delivery_dead": "Send it again",
    "outcome_unknown": "Look for the document again",
}

_OTHERWISE = {
    "period_closed": " Where the period stays closed, give the message up: the draft can take another date."
}


class ReplayForm(forms.Form):
    """Why it is sent again, in the person's own words where they have any."""

    reason = forms.CharField(max_length=240, label="What was done", required=False)


@shows(*ADVICE, "customer_incomplete", "erp_rejected")
def erp_answer(item: ExceptionItem) -> Evidence:
    """Show what the system said, where the title does not say it already."""
    told = item.evidence
    said = str(told.get("sentence") or told.get("error") or "")
    field = str(told.get("field") or "").replace("_", " ").replace(".", ", ")
    known = {"System": told.get("system"), "Field": field}
    facts = tuple(Fact(label, str(value)) for label, value in known.items() if value)
    return Evidence("" if said == item.title else said, facts)


@suggests(*ADVICE)
def replay_fix(item: ExceptionItem, user: User, form: ReplayForm | None = None) -> Fix | None:
    """Suggest to send a document again: what the system holds already is found, not doubled."""
    if item.evidence.get("process_id"):
        return process_fix(item, user)
    if not item.evidence.get("delivery_id"):
        return None
    effects: tuple[Fact, ...] = ()
    if item.money_at_risk is not None:
        effects = (Fact(f"{item.object_label} goes to the ERP", money(item.money_at_risk, item.currency)),)
    entity = item.legal_entity_id
    may = holds(user, "proposal.release", entity) or holds(user, "integration.work", entity)
    href = address("delivery", item.evidence["delivery_id"])
    return Fix(
        title=ADVICE[item.code],
        text=f"What it holds already is found, not doubled.{_OTHERWISE.get(item.code, '')}",
        effects=effects,
        action=reverse("fix_replay", args=[item.number]),
        button="Send again",
        form=form or ReplayForm(),
        change="Say what was done",
        open=Link("Open message", href) if href else None,
        reason="" if may else "This takes somebody who releases invoices or looks after integrations.",
    )
