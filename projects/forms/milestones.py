"""What people fill in about milestones: progress, completion, decisions, links."""

from decimal import Decimal
from typing import Any

from django import forms

from core.attachments import ACCEPTED
from core.presentation.asking import Day
from projects.actions.deciding import Decision
from projects.actions.uploads import Upload
from projects.states import SignOffDecision

DECISIONS = (
    (SignOffDecision.ACCEPTED.value, "Accept what is left in full"),
    (SignOffDecision.PARTIAL.value, "Accept a part of it"),
    (SignOffDecision.REJECTED.value, "Reject it, with the reason"),
)


class ProgressForm(forms.Form):
    """How far the milestone is."""

    percent = forms.DecimalField(
        label="Progress %", max_digits=7, decimal_places=4, min_value=0, max_value=100
    )


class CompleteForm(ProgressForm):
    """Since when it is done."""

    on = forms.DateField(label="Completed on", widget=Day())
    field_order = ("on", "percent")


class DecisionForm(forms.Form):
    """What is decided, and by whom."""

    decision = forms.ChoiceField(
        choices=DECISIONS, widget=forms.RadioSelect, initial=SignOffDecision.ACCEPTED.value
    )
    percent = forms.DecimalField(
        label="Accepted part",
        max_digits=7,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        max_value=100,
        required=False,
        help_text="In percent of the whole milestone; only for a part.",
    )
    signer = forms.CharField(label="Name of who decides", max_length=120)
    comment = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to reject.",
    )

    def said(self) -> Decision:
        """Return the decision as the verbs take it."""
        given = self.cleaned_data
        return Decision(given["decision"], given["signer"], given["comment"], given["percent"])


class ClientForm(DecisionForm):
    """A decision, and the hash of what the client read."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)


class StaffDecisionForm(DecisionForm):
    """A decision with the document that shows it."""

    signed_on = forms.DateField(widget=Day())
    document = forms.FileField(
        label="Signed document",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text="PDF, PNG or JPEG. Without it nothing is signed off.",
    )


class LinkForm(forms.Form):
    """Whom the link is for, until when it holds, and what is shown."""

    recipient = forms.CharField(label="For", max_length=120, required=False)
    expires_on = forms.DateField(label="Until", widget=Day(), help_text="The last day it can be answered.")
    shows_amount = forms.BooleanField(label="Show the amount", required=False, initial=True)
    document = forms.FileField(
        label="Document to sign for",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )


def upload_of(said: dict[str, Any]) -> Upload | None:
    """Return the file of a form as the verbs take it."""
    file = said.get("document")
    return Upload(file.name or "", file.read()) if file else None
