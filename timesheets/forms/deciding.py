"""What people say when they decide: a reason, and which slices they saw."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from core.errors import Invalid
from core.presentation.selection import BULK_LIMIT, NothingSelected, TooManySelected
from timesheets.queries.slices import Slice


class ReasonForm(forms.Form):
    """Why time goes back, or a correction is withdrawn."""

    reason = forms.CharField(
        label="What has to change",
        max_length=500,
        widget=forms.Textarea(attrs={"class": "c-field", "rows": 3}),
    )


def seen_slice(key: str) -> Slice:
    """Read a slice with the entries and hours the person saw; refuse anything else."""
    try:
        worker, project, week, entries, hours = key.split(".", 4)
        return Slice.parse(f"{worker}.{project}.{week}", int(entries), Decimal(hours))
    except (ValueError, InvalidOperation, ValidationError) as error:
        raise Invalid("The selection names time that does not exist.", field="selected") from error


def selected_slices(posted: QueryDict) -> list[Slice]:
    """Return the ticked slices; refuse none, and more than 1,000 at once."""
    keys = list(dict.fromkeys(posted.getlist("selected")))
    if not keys:
        raise NothingSelected("Select at least one week first.", field="selected")
    if len(keys) > BULK_LIMIT:
        raise TooManySelected(f"At most {BULK_LIMIT:,} weeks at once: narrow the filter.", field="selected")
    return [seen_slice(key) for key in keys]
