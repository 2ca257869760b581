"""Exception items over REST: the queue, and what people do with it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.actions import exceptions as verbs
from core.api.concurrency import check_if_match
from core.api.serializers import Input, Output
from core.api.viewsets import Resource
from core.models import ExceptionItem, User
from core.queries.exceptions import visible_exceptions


class ExceptionOutput(Output):
    """An exception item; `money_at_risk` is in `currency`, null while unknown."""

    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)
    legal_entity = serializers.CharField(source="legal_entity.code", default=None, allow_null=True)

    class Meta:
        model = ExceptionItem
        fields = (
            *("id", "number", "kind", "code", "title", "state", "team", "owner", "legal_entity", "flow"),
            *("object_type", "object_id", "object_label", "subject_label", "contract_id"),
            *("money_at_risk", "currency", "quantity_at_risk", "blocks_release", "evidence", "attempts"),
            *("opened_at", "due_at", "snoozed_until", "resolved_at", "resolved_by", "resolution", "version"),
        )


class ExceptionFilter(filters.FilterSet):  # type: ignore[misc]
    """What exceptions can be narrowed by."""

    opened_after = filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gt")
    due_before = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lt")
    owner = filters.CharFilter(field_name="owner__username")
    legal_entity = filters.CharFilter(field_name="legal_entity__code")

    class Meta:
        model = ExceptionItem
        fields = ("state", "kind", "code", "flow", "team", "blocks_release", "contract_id", "object_id")


class Assignment(Input):
    """Who takes the item; null gives it back to the team."""

    owner = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.filter(is_active=True), allow_null=True
    )


class Snooze(Input):
    """Until which day the item is put aside; null brings it back, 9999-12-31 waits until more is at risk."""

    until = serializers.DateField(allow_null=True)


class Reason(Input):
    """Why."""

    reason = serializers.CharField(max_length=1000)


class Comment(Input):
    """What is to be said."""

    comment = serializers.CharField(max_length=1000)


class ExceptionResource(Resource):
    """Exception items of the caller's legal entities."""

    permission = "exception.view"
    serializer_class = ExceptionOutput
    filterset_class = ExceptionFilter
    ordering_fields = ("opened_at", "number")
    code_field = "number"

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the items the caller may see."""
        return visible_exceptions(user).select_related("owner", "legal_entity")

    @extend_schema(request=Assignment, responses=ExceptionOutput)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Give the item to a person, or back to the team."""
        values = self._checked(Assignment, request)
        return self._done(verbs.assign_exceptions([self._chosen(request)], **values, actor=self.actor))

    @extend_schema(request=Snooze, responses=ExceptionOutput)
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: str) -> Response:
        """Put the item aside until a day, or bring it back."""
        values, today = self._checked(Snooze, request), timezone.localdate()
        chosen = [self._chosen(request)]
        return self._done(verbs.snooze_exceptions(chosen, **values, on=today, actor=self.actor))

    @extend_schema(request=Reason, responses=ExceptionOutput)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Close the item as settled."""
        values = self._checked(Reason, request)
        return self._done(verbs.resolve_exceptions([self._chosen(request)], **values, actor=self.actor))

    @extend_schema(request=Reason, responses=ExceptionOutput)
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, pk: str) -> Response:
        """Accept the fault as it is, until more is at risk."""
        values = self._checked(Reason, request)
        return self._done(verbs.waive_exceptions([self._chosen(request)], **values, actor=self.actor))

    @extend_schema(request=Reason, responses=ExceptionOutput)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Open a resolved item again."""
        values = self._checked(Reason, request)
        return self._done(verbs.reopen_exceptions([self._chosen(request)], **values, actor=self.actor))

    @extend_schema(request=Comment, responses=ExceptionOutput)
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, pk: str) -> Response:
        """Leave a comment."""
        values = self._checked(Comment, request)
        return self._done([verbs.comment_exception(self._chosen(request), **values, actor=self.actor)])

    def _checked(self, form: type[Input], request: Request) -> dict[str, Any]:
        checked = form(data=request.data)
        checked.is_valid(raise_exception=True)
        values: dict[str, Any] = checked.validated_data
        return values

    def _chosen(self, request: Request) -> Any:
        """Return the id of the addressed item; an If-Match is honoured where one is sent."""
        item = self.get_object()
        if "If-Match" in request.headers:
            check_if_match(request, item)
        return item.pk

    def _done(self, items: list[ExceptionItem]) -> Response:
        return self.answer(self.found(str(items[0].pk)))
