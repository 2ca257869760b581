"""A process that waits for a person: put right what stopped it, then have it go on."""

from django import forms
from django.urls import reverse

from core.fixes import Fix, suggests
from core.models import ExceptionItem, User
from core.permissions import holds
from core.presentation.formats import money
from core.presentation.parts import Fact, Link

DONE = {
    "manager_missing": ("Name a manager, then go on", "Named a manager"),
    "terms_not_loaded": ("Complete what is missing, then go on", "Completed the terms"),
    "contract_not_active": ("Resume the contract, then go on", "Resumed the contract"),
    "customer_ambiguous": ("Choose the customer in the ERP, then go on", "Chosen in the ERP"),
    "customer_blocked": ("Go on once the customer is unblocked", "Unblocked in the ERP"),
    "process_failed": ("Go on once the system answers", "The system answers again"),
    "outcome_unknown": ("Look in the system, then go on", "Checked in the system"),
}
# The other codes also stop documents: who suggests there asks here when a process stopped.
_OURS = ("manager_missing", "terms_not_loaded", "contract_not_active", "customer_ambiguous", "process_failed")
_OTHERWISE = ("Put it right, then go on", "Put right")


class ResumeForm(forms.Form):
    """Why it goes on now."""

    reason = forms.CharField(max_length=240, label="What was done")


@suggests(*_OURS)
def process_fix(item: ExceptionItem, user: User, form: forms.Form | None = None) -> Fix | None:
    """Suggest to have the process go on: nothing already done is done again."""
    process_id = item.evidence.get("process_id")
    if not process_id:
        return None
    title, done = DONE.get(item.code, _OTHERWISE)
    effects: tuple[Fact, ...] = ()
    if item.money_at_risk is not None:
        effects = (Fact(f"{item.object_label} starts", money(item.money_at_risk, item.currency)),)
    may = holds(user, "process.work", item.legal_entity_id)
    return Fix(
        title=title,
        text="Nothing that is done already is done again.",
        effects=effects,
        action=reverse("fix_process", args=[item.number]),
        button="Go on",
        form=form or ResumeForm(initial={"reason": done}),
        change="Say what was done",
        open=Link("Open the process", reverse("process", args=[process_id])),
        reason="" if may else "This takes somebody who works on processes.",
    )
