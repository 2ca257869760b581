"""What people fill in to settle exceptions."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.exceptions import UNTIL_WORSE
from core.models import Membership, User
from core.permissions import roles_for
from core.presentation.asking import Day

FIELD = {"class": "c-field"}


class AssignForm(forms.Form):
    """To whom."""

    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody: back to the team",
        widget=forms.Select(attrs=FIELD),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_who("exception.work")  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    """Until when."""

    until = forms.DateField(
        required=False,
        widget=Day(**FIELD),
        help_text="It comes back earlier when more money is at risk. Leave it empty to bring it back now.",
    )

    until_worse = forms.BooleanField(
        required=False,
        label="No day: only when more money is at risk",
        widget=forms.CheckboxInput(attrs={"class": "c-check"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = _next_week()

    def clean(self) -> dict[str, Any]:
        """Turn "no day" into the day that never comes."""
        said: dict[str, Any] = super().clean() or {}
        return {**said, "until": UNTIL_WORSE} if said.get("until_worse") else said


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        max_length=1000, widget=forms.Textarea(attrs={**FIELD, "rows": 3, "data-focus": True})
    )


class CommentForm(forms.Form):
    """What is to be said."""

    comment = forms.CharField(max_length=1000)


def people_who(permission: str) -> Any:
    """Return the active people who hold a permission for some legal entity today."""
    today = timezone.localdate()
    roles = Membership.objects.filter(
        user=OuterRef("pk"), role__in=roles_for(permission), valid__contains=today
    )
    people = User.objects.filter(Exists(roles), is_active=True, is_service_account=False)
    return people.order_by("first_name", "last_name", "username")


def _next_week() -> date:
    return timezone.localdate() + timedelta(days=7)
