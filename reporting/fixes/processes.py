"""A process that waits for a person: put right what stopped it, then have it go on."""

from django import forms
from django.urls import reverse

from core.fixes import Fix, suggests
from core.models import ExceptionItem, User
from core.permissions import holds
from core.presentation.formats import money
from core.presentation.parts import Fact, Link

TITLES = {
    "manager_missing": "Name a manager, then go on",
    "terms_not_loaded": "Complete what is missing, then go on",
    "contract_not_active": "Resume the contract, then go on",
    "customer_ambiguous": "Choose the customer in the ERP, then go on",
    "customer_blocked": "Go on once the customer is unblocked",
    "process_failed": "Go on once the system answers",
    "outcome_unknown": "Look in the system, then go on",
}
# The other codes also stop documents: who suggests there asks here when a process stopped.
_OURS = ("manager_missing", "terms_not_loaded", "contract_not_active", "customer_ambiguous", "process_failed")
_OTHERWISE = "Put it right, then go on"


class ResumeForm(forms.Form):
    """Why it goes on now, in the person's own words where they have any."""

    reason = forms.CharField(max_length=240, label="What was done", required=False)


@suggests(*_OURS)
def process_fix(item: ExceptionItem, user: User, form: forms.Form | None = None) -> Fix | None:
    """Suggest to have the process go on: nothing already done is done again."""
    process_id = item.evidence.get("process_id")
    if not process_id:
        return None
    effects: tuple[Fact, ...] = ()
    if item.money_at_risk is not None:
        effects = (Fact(f"{item.object_label} starts", money(item.money_at_risk, item.currency)),)
    may = holds(user, "process.work", item.legal_entity_id)
    return Fix(
        title=TITLES.get(item.code, _OTHERWISE),
        text="Nothing that is done already is done again.",
        effects=effects,
        action=reverse("fix_process", args=[item.number]),
        button="Go on",
        form=form or ResumeForm(),
        change="Say what was done",
        open=Link("Open the process", reverse("process", args=[process_id])),
        reason="" if may else "This takes somebody who works on processes.",
    )
