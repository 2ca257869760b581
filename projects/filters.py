"""What the registers of projects and people can be narrowed by."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.models import LegalEntity
from core.presentation.vocabulary import choices_of
from projects.models import Project, Worker
from projects.states import ProjectStatus


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
