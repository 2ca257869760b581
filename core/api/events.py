"""The event log over REST, for those who may read all of it."""

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from core.access import entities_in_force, scoped
from core.api.serializers import Output
from core.api.viewsets import Resource
from core.models import Event, User


class EventOutput(Output):
    """Something that happened; the payload's shape follows from `type` and `schema_version`."""

    class Meta:
        model = Event
        fields = (
            *("seq", "id", "occurred_at", "type", "schema_version", "aggregate_type", "aggregate_id"),
            *("aggregate_seq", "legal_entity", "actor", "correlation_id", "causation_id"),
            *("effective_on", "reason", "payload"),
        )


class EventFilter(filters.FilterSet):  # type: ignore[misc]
    """What events can be narrowed by."""

    after = filters.NumberFilter(field_name="seq", lookup_expr="gt")
    occurred_after = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gt")

    class Meta:
        model = Event
        fields = ("type", "aggregate_type", "aggregate_id", "correlation_id", "actor")


class EventResource(Resource):
    """Events of the caller's legal entities, oldest first."""

    permission = "event.view"
    serializer_class = EventOutput
    filterset_class = EventFilter
    ordering_fields = ("seq",)
    id_field = "id"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the events the caller may see; those of no entity only to readers of every entity."""
        if None in entities_in_force(user, "event.view"):
            return Event.objects.filter(Q())
        return scoped(Event.objects.all(), user, "event.view", "legal_entity")
