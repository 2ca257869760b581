"""What the registers of projects and people can be narrowed by."""

from datetime import timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.models import LegalEntity
from core.presentation.vocabulary import choices_of
from projects.models import Milestone, Project, Worker
from projects.queries.milestones import unsigned
from projects.states import MilestoneStatus, ProjectStatus


class ProjectFilter(filters.FilterSet):  # type: ignore[misc]
    """Projects by text, status and delivering entity."""

    q = filters.CharFilter(label="Find a project", method="found")
    status = filters.ChoiceFilter(label="Status", empty_label="Status", choices=choices_of(ProjectStatus))
    legal_entity = filters.ModelChoiceFilter(label="Delivering entity", queryset=LegalEntity.objects.all())

    class Meta:
        model = Project
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep projects whose code, name, contract or manager contains the text."""
        return rows.filter(
            Q(code__icontains=text)
            | Q(name__icontains=text)
            | Q(contract__code__icontains=text)
            | Q(manager__name__icontains=text)
        )


class WorkerFilter(filters.FilterSet):  # type: ignore[misc]
    """Workers by text, kind and whether they are employed today."""

    q = filters.CharFilter(label="Find a worker", method="found")
    kind = filters.ChoiceFilter(label="Kind", empty_label="Kind", choices=choices_of(Worker.Kind))
    employed = filters.ChoiceFilter(
        label="Employed today",
        empty_label="Employed today",
        choices=(("yes", "Employed today"), ("no", "Not employed today")),
        method="employed_today",
    )

    class Meta:
        model = Worker
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep workers whose code, name or e-mail contains the text."""
        return rows.filter(Q(code__icontains=text) | Q(name__icontains=text) | Q(email__icontains=text))

    def employed_today(self, rows: QuerySet[Any], name: str, answer: str) -> QuerySet[Any]:
        """Keep workers with, or without, an employment today."""
        employed = Worker.objects.filter(employments__valid__contains=timezone.localdate())
        return rows.filter(pk__in=employed) if answer == "yes" else rows.exclude(pk__in=employed)


class MilestoneFilter(filters.FilterSet):  # type: ignore[misc]
    """Milestones by text, status, when they are due, and whether they wait too long."""

    q = filters.CharFilter(label="Find a milestone", method="found")
    status = filters.ChoiceFilter(
        label="Status", empty_label="Status", choices=choices_of(MilestoneStatus, "milestone")
    )
    due = filters.ChoiceFilter(
        label="Due",
        empty_label="Due",
        choices=(("overdue", "Overdue"), ("soon", "Within 30 days"), ("none", "No day")),
        method="due_when",
    )
    unsigned = filters.ChoiceFilter(
        label="Sign-off",
        empty_label="Sign-off",
        choices=(("waiting", "Waiting"), ("late", "Waiting too long")),
        method="not_signed",
    )
    contract = filters.CharFilter(label="Contract", field_name="contract__code", widget=forms.HiddenInput)

    class Meta:
        model = Milestone
        fields = ()

    def found(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Keep milestones whose code, name, contract, project or customer contains the text."""
        return rows.filter(
            Q(code__icontains=text)
            | Q(name__icontains=text)
            | Q(contract__code__icontains=text)
            | Q(project__code__icontains=text)
            | Q(contract__customer__name__icontains=text)
        )

    def due_when(self, rows: QuerySet[Any], name: str, answer: str) -> QuerySet[Any]:
        """Keep unfinished milestones whose day is past, or near, or all without a day."""
        today = timezone.localdate()
        if answer == "none":
            return rows.filter(due_on__isnull=True)
        unfinished = rows.filter(status__in=[MilestoneStatus.PLANNED, MilestoneStatus.IN_PROGRESS])
        if answer == "overdue":
            return unfinished.filter(due_on__lt=today)
        return unfinished.filter(due_on__range=(today, today + timedelta(days=30)))

    def not_signed(self, rows: QuerySet[Any], name: str, answer: str) -> QuerySet[Any]:
        """Keep completed milestones that wait for their sign-off, or wait too long."""
        if answer == "late":
            return unsigned(rows, timezone.localdate())
        return rows.filter(status=MilestoneStatus.COMPLETED)
