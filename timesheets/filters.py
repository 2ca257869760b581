"""What registers and the API narrow time by."""

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.forms import HiddenInput

from contracts.models import ExpenseCategory
from projects.models import Worker
from timesheets.models import Approval, Expense, TimeEntry, Timesheet
from timesheets.states import EntryKind, EntryStatus, PolicyResult


class EntryFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Time entries on the page."""

    q = django_filters.CharFilter(label="Person, project, task, note", method="search", max_length=80)
    status = django_filters.ChoiceFilter(label="State", choices=EntryStatus.choices)
    kind = django_filters.ChoiceFilter(label="Kind", choices=EntryKind.choices)
    worker = django_filters.CharFilter(label="Worker", field_name="worker__code", max_length=30)
    project = django_filters.CharFilter(label="Project", field_name="project__code", max_length=20)
    contract = django_filters.CharFilter(
        label="Contract", field_name="project__contract__code", max_length=20, widget=HiddenInput
    )
    unapproved = django_filters.BooleanFilter(label="Not approved yet", method="waiting", widget=HiddenInput)
    first = django_filters.DateFilter(label="From", field_name="work_date", lookup_expr="gte")
    last = django_filters.DateFilter(label="To", field_name="work_date", lookup_expr="lte")

    class Meta:
        model = TimeEntry
        fields: tuple[str, ...] = ()

    def waiting(self, rows: QuerySet[Any], name: str, wanted: bool) -> QuerySet[Any]:
        """Keep what is entered or submitted and not approved yet."""
        return rows.filter(status__in=[EntryStatus.DRAFT, EntryStatus.SUBMITTED]) if wanted else rows

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Match any of what people know an entry by."""
        fields = ("worker__name", "worker__code", "project__code", "project__name", "task__name", "note")
        wanted = Q()
        for field in fields:
            wanted |= Q(**{f"{field}__icontains": text})
        return rows.filter(wanted)


class WeekFilter(django_filters.FilterSet):  # type: ignore[misc]
    """People in the register of a week."""

    q = django_filters.CharFilter(label="Person", field_name="name", lookup_expr="icontains", max_length=80)
    week = django_filters.DateFilter(label="Week", method="any_week")
    time = django_filters.ChoiceFilter(
        label="Complete or not",
        method="by_completeness",
        choices=[("missing", "Missing or not submitted"), ("complete", "Complete")],
    )

    class Meta:
        model = Worker
        fields: tuple[str, ...] = ()

    def any_week(self, rows: QuerySet[Any], name: str, day: object) -> QuerySet[Any]:
        """Leave the rows as they are: the week is in their figures already."""
        return rows

    def by_completeness(self, rows: QuerySet[Any], name: str, wanted: str) -> QuerySet[Any]:
        """Keep people with, or without, hours still to enter or to submit."""
        incomplete = Q(capacity__gt=F("recorded")) | Q(unsubmitted__gt=0)
        return rows.filter(incomplete) if wanted == "missing" else rows.exclude(incomplete)


class EntryApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Time entries over REST; codes name workers, projects and tasks."""

    worker = django_filters.CharFilter(field_name="worker__code")
    project = django_filters.CharFilter(field_name="project__code")
    contract = django_filters.CharFilter(field_name="project__contract__code")
    task = django_filters.CharFilter(field_name="task__code")
    work_type = django_filters.CharFilter(field_name="work_type__code")
    work_date_from = django_filters.DateFilter(field_name="work_date", lookup_expr="gte")
    work_date_to = django_filters.DateFilter(field_name="work_date", lookup_expr="lte")

    class Meta:
        model = TimeEntry
        fields = ("status", "kind", "work_date", "billable", "root_id", "source_system", "source_key")


class TimesheetApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Weeks over REST."""

    worker = django_filters.CharFilter(field_name="worker__code")
    week_from = django_filters.DateFilter(field_name="week", lookup_expr="gte")
    week_to = django_filters.DateFilter(field_name="week", lookup_expr="lte")

    class Meta:
        model = Timesheet
        fields = ("week",)


class ApprovalApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Decisions over REST."""

    worker = django_filters.CharFilter(field_name="worker__code")
    project = django_filters.CharFilter(field_name="project__code")

    class Meta:
        model = Approval
        fields = ("week", "decision")


class ExpenseFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Expenses on the page."""

    q = django_filters.CharFilter(label="Person, project, vendor, note", method="search", max_length=80)
    status = django_filters.ChoiceFilter(label="State", choices=EntryStatus.choices)
    category = django_filters.ModelChoiceFilter(
        label="Category", queryset=ExpenseCategory.objects.all(), to_field_name="code"
    )
    policy_result = django_filters.ChoiceFilter(label="Limits", choices=PolicyResult.choices)
    worker = django_filters.CharFilter(label="Worker", field_name="worker__code", max_length=30)
    project = django_filters.CharFilter(label="Project", field_name="project__code", max_length=20)
    contract = django_filters.CharFilter(
        label="Contract", field_name="project__contract__code", max_length=20, widget=HiddenInput
    )
    first = django_filters.DateFilter(label="From", field_name="spent_on", lookup_expr="gte")
    last = django_filters.DateFilter(label="To", field_name="spent_on", lookup_expr="lte")

    class Meta:
        model = Expense
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Match any of what people know an expense by."""
        fields = ("worker__name", "worker__code", "project__code", "project__name", "vendor", "note")
        wanted = Q()
        for field in fields:
            wanted |= Q(**{f"{field}__icontains": text})
        return rows.filter(wanted)


class ExpenseApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Expenses over REST; codes name workers, projects, tasks and categories."""

    worker = django_filters.CharFilter(field_name="worker__code")
    project = django_filters.CharFilter(field_name="project__code")
    contract = django_filters.CharFilter(field_name="project__contract__code")
    category = django_filters.CharFilter(field_name="category__code")
    currency = django_filters.CharFilter(field_name="currency_id")
    spent_from = django_filters.DateFilter(field_name="spent_on", lookup_expr="gte")
    spent_to = django_filters.DateFilter(field_name="spent_on", lookup_expr="lte")

    class Meta:
        model = Expense
        fields = (
            *("status", "kind", "spent_on", "billable", "reimbursable", "policy_result"),
            *("root_id", "source_system", "source_key"),
        )
