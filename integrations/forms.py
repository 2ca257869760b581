"""What people fill in about messages and systems."""

from django import forms

FIELD = {"class": "c-field"}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        max_length=400,
        widget=forms.Textarea(attrs={**FIELD, "rows": 2}),
        error_messages={"required": "Say why."},
    )


class ReplayForm(ReasonForm):
    """Why it is sent again, and for systems that cannot be searched the word that nothing is there."""

    nothing_arrived = forms.BooleanField(
        required=False, label="I looked: the document is not in the system", widget=forms.CheckboxInput()
    )
