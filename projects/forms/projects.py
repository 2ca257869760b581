"""What people fill in about projects, tasks, assignments and workers."""

from typing import Any

from django import forms

from contracts.models import ContractLine, DeliveryRole, ServiceLine
from contracts.states import Unit, VersionStatus
from core.models import LegalEntity, User
from core.permissions import visible_entities
from core.presentation.asking import Day
from core.presentation.vocabulary import choices_of
from projects.models import Project, Worker


def as_ids(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the values as verbs take them: a row of `x` becomes the id of `x_id`."""
    kept = {name: value for name, value in values.items() if name not in names}
    return kept | {f"{name}_id": getattr(values[name], "pk", None) for name in names if name in values}


class ProjectForm(forms.Form):
    """A project; the delivering entity may differ from the contract's."""

    name = forms.CharField(max_length=160)
    manager = forms.ModelChoiceField(queryset=Worker.objects.all())
    service_line = forms.ModelChoiceField(queryset=ServiceLine.objects.all())
    legal_entity = forms.ModelChoiceField(label="Delivered by", queryset=LegalEntity.objects.none())
    starts_on = forms.DateField(label="Starts", widget=Day())
    ends_on = forms.DateField(label="Ends", required=False, widget=Day())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entities = LegalEntity.objects.filter(visible_entities(user, "project.edit"))
        self.fields["legal_entity"].queryset = entities  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        return as_ids(self.cleaned_data, "manager", "service_line", "legal_entity")


class NewProjectForm(ProjectForm):
    """A new project."""

    code = forms.CharField(max_length=20, required=False, help_text="Empty takes the next free one.")
    field_order = ("name", "code")


def project_values(project: Project) -> dict[str, Any]:
    """Return the project as the form shows it."""
    names = ("name", "manager_id", "service_line_id", "legal_entity_id", "starts_on", "ends_on")
    return {name.removesuffix("_id"): getattr(project, name) for name in names}


class TaskForm(forms.Form):
    """A task; a billable one names the line of the contract its time is billed by."""

    name = forms.CharField(max_length=160)
    contract_line_key = forms.ChoiceField(label="Billed by line", required=False)
    billable = forms.BooleanField(required=False, initial=True)
    budget_hours = forms.DecimalField(max_digits=10, decimal_places=2, min_value=0, required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = project.contract.versions.filter(status=VersionStatus.APPROVED).order_by("-number")[:1]
        lines = ContractLine.objects.filter(contract_version__in=newest.values("pk"))
        field: Any = self.fields["contract_line_key"]
        field.choices = [("", "No line"), *((line.key, f"{line.name} ({line.key})") for line in lines)]


class NewTaskForm(TaskForm):
    """A new task."""

    code = forms.CharField(max_length=30, help_text="People book their time on it.")
    field_order = ("code", "name")


class AssignmentForm(forms.Form):
    """Role, share of time, and the agreed price if there is one."""

    role = forms.ModelChoiceField(queryset=DeliveryRole.objects.all())
    allocation_percent = forms.DecimalField(
        label="Allocation %", max_digits=6, decimal_places=2, initial=100, min_value=0
    )
    planned_hours = forms.DecimalField(max_digits=10, decimal_places=2, min_value=0, required=False)
    rate_override = forms.DecimalField(
        label="Agreed price",
        max_digits=18,
        decimal_places=4,
        min_value=0,
        required=False,
        help_text="In the contract's currency; goes before every rate card.",
    )
    override_unit = forms.ChoiceField(
        label="Agreed price of one", choices=choices_of(Unit), initial=Unit.HOUR
    )

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        return as_ids(self.cleaned_data, "role")


class NewAssignmentForm(AssignmentForm):
    """A worker for a project."""

    worker = forms.ModelChoiceField(queryset=Worker.objects.all())
    starts_on = forms.DateField(label="From", widget=Day())
    ends_on = forms.DateField(label="To", required=False, widget=Day(), help_text="Empty: until released.")
    confirmed = forms.BooleanField(required=False, initial=True, help_text="Otherwise it is only proposed.")
    field_order = ("worker", "role", "starts_on", "ends_on")

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        return as_ids(self.cleaned_data, "role", "worker")


class LastDayForm(forms.Form):
    """The last day of something."""

    ends_on = forms.DateField(label="Last day", widget=Day())
    reason = forms.CharField(max_length=1000, required=False)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "data-focus": True}))


class OptionalReasonForm(forms.Form):
    """A remark, if there is anything to say."""

    reason = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3, "data-focus": True})
    )
