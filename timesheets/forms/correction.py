"""What was right instead of an approved entry."""

from typing import Any

from django import forms

from core.presentation import formats
from core.presentation.parts import FieldComparison, FieldPair
from projects.models import Task
from timesheets.actions.corrections import Changes
from timesheets.models import TimeEntry, WorkType

_TEXT = {"class": "c-field"}


class TaskField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A task shown with its project."""

    def label_from_instance(self, obj: Any) -> str:
        """Return project and task in words."""
        return f"{obj.project.code} {obj.project.name} · {obj.name}"


class CorrectionForm(forms.Form):
    """The correction of one entry, filled in with what is recorded."""

    void = forms.BooleanField(
        label="The work never happened",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "c-check"}),
    )
    hours = forms.DecimalField(max_digits=7, decimal_places=4, widget=forms.TextInput(attrs=_TEXT))
    work_date = forms.DateField(
        label="Day", widget=forms.DateInput(format="%Y-%m-%d", attrs={**_TEXT, "type": "date"})
    )
    task = TaskField(queryset=Task.objects.none(), widget=forms.Select(attrs=_TEXT))
    work_type = forms.ModelChoiceField(
        queryset=WorkType.objects.order_by("code"),
        to_field_name="code",
        widget=forms.Select(attrs=_TEXT),
    )
    note = forms.CharField(max_length=500, required=False, widget=forms.TextInput(attrs=_TEXT))
    reason = forms.CharField(
        label="Why the approved time is wrong", max_length=500, widget=forms.TextInput(attrs=_TEXT)
    )

    def __init__(self, data: Any = None, *, entry: TimeEntry, tasks: list[Task]) -> None:
        self.entry = entry
        recorded = {
            "hours": f"{entry.hours.normalize():f}",
            "work_date": entry.work_date,
            "task": entry.task_id,
            "work_type": entry.work_type.code,
            "note": entry.note,
        }
        super().__init__(data, initial=recorded)
        choices = Task.objects.filter(pk__in=[entry.task_id, *(task.pk for task in tasks)])
        field = self.fields["task"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = choices.select_related("project").order_by("project__code", "code")
        field.empty_label = None

    def changes(self) -> Changes:
        """Return what differs from the entry."""
        said = self.cleaned_data
        given: Changes = {
            "hours": said["hours"],
            "work_date": said["work_date"],
            "task_id": said["task"].pk,
            "work_type": said["work_type"].code,
            "note": said["note"],
        }
        return given

    def comparison(self) -> FieldComparison:
        """Return the entry beside what it would become."""
        entry, said = self.entry, self.cleaned_data
        gone = said["void"]
        pairs = (
            ("Hours", formats.quantity(entry.hours, "h"), formats.quantity(said["hours"], "h")),
            ("Day", formats.day(entry.work_date), formats.day(said["work_date"])),
            ("Project", entry.project.code, said["task"].project.code),
            ("Task", entry.task.name, said["task"].name),
            ("Work type", entry.work_type.name, said["work_type"].name),
            ("Note", entry.note or "–", said["note"] or "–"),
        )
        return FieldComparison(
            "Approved",
            "Corrected",
            tuple(FieldPair(label, before, "–" if gone else after) for label, before, after in pairs),
        )
