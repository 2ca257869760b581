"""Registers of the kernel: the times at which jobs were due, and what came of each."""

import django_filters
from django.db.models import QuerySet

from core.models import ScheduleSlot
from core.presentation.columns import Column
from core.presentation.register import Empty, Register
from core.presentation.table import Table
from core.presentation.vocabulary import choices_of
from core.states import SlotState


class SlotFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Narrow the slots by job and state."""

    q = django_filters.CharFilter(label="Find by job", field_name="job", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label="State", choices=choices_of(SlotState), empty_label="State")

    class Meta:
        model = ScheduleSlot
        fields = ("q", "state")


SCHEDULES = Register(
    title="Schedules",
    table=Table(
        columns=(
            Column("job", "Job", sort="job", lead=True),
            Column("due_at", "Due", "moment", sort="due_at"),
            Column("state", "State", "state", sort="state", subject="schedule slot"),
            Column("outcome", "What came of it", read=lambda row: row.outcome or row.error[:200]),
            Column("attempts", "Tries", "count", sort="attempts"),
            Column("started_at", "Started", "moment", sort="started_at"),
            Column("finished_at", "Ended", "moment", sort="finished_at"),
        ),
        order="-due_at",
        noun=("slot", "slots"),
    ),
    empty=Empty("Nothing was due yet", "Each time a job by the clock is due stands here, with its outcome."),
    filterset=SlotFilter,
)


def slots() -> QuerySet[ScheduleSlot]:
    """Return every slot; jobs belong to no legal entity."""
    return ScheduleSlot.objects.all()
