"""Bases of all API views: permission first, then only what the caller may see."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.actors import Actor
from core.api.authentication import caller_of
from core.api.concurrency import etag_of
from core.api.problems import BadRequest
from core.errors import Forbidden, NotFound
from core.identifiers import parse_uuid
from core.models import User
from core.permissions import holds
from core.verbs import reading

_PAGING = {"limit", "cursor", "order", "fields"}


class HoldsPermission(BasePermission):
    """The caller holds the view's permission for some legal entity; verbs check the very entity."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Refuse with a sentence that names the permission."""
        needed: str = view.required_permission()
        if needed and not holds(caller_of(request), needed):
            raise Forbidden(f"This needs the permission {needed}.")
        return True


class Answers(APIView):
    """What every answer of the API carries: the caller's allowance.

    `rate` names the limit that counts, a key of API_RATES; by itself that of reading or writing.
    """

    rate = ""
    permission = ""
    action_permissions: ClassVar[dict[str, str]] = {}
    permission_classes = (IsAuthenticated, HoldsPermission)

    def required_permission(self) -> str:
        """Return the permission the request needs; `action_permissions` goes before `permission`."""
        return self.action_permissions.get(getattr(self, "action", "") or "", self.permission)

    @property
    def caller(self) -> User:
        """Return the signed-in caller."""
        return caller_of(self.request)

    @property
    def actor(self) -> Actor:
        """Return the caller as the actor of a verb."""
        return Actor.of(self.caller)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Add the rate limit headers."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if allowance := getattr(request._request, "allowance", None):
            for name, value in allowance.headers().items():
                final.headers[name] = value
        return final


class Endpoint(Answers):
    """A process verb or an experience view: set `permission` and write `get` or `post`."""


class Resource(Answers, ReadOnlyModelViewSet[Any]):
    """A canonical object, read-only: list with filters, order, cursor pages, `fields=`; retrieve with ETag.

    A subclass sets `permission`, `serializer_class` (an `Output`), `ordering_fields`, a filterset, and
    writes `visible(user)`. Objects are found by id, or by human code where `code_field` is set.
    """

    id_field = "pk"
    code_field = ""
    ordering_fields: tuple[str, ...] = ("pk",)

    def visible(self, user: User) -> QuerySet[Any]:
        """Return the rows the user may see."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """Return what the caller may see; nothing while the schema is generated."""
        if getattr(self, "swagger_fake_view", False):
            return self.visible(User(is_active=False))
        return self.visible(self.caller)

    def get_object(self) -> Any:
        """Return the object of the address, by id or code; 404 where the caller may not see it."""
        return self.found(self.kwargs["pk"])

    def found(self, key: str) -> Any:
        """Return a visible object by id or code."""
        return find(self.get_queryset(), key, self.code_field, self.id_field)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one page; refuse parameters nobody knows, so that no filter is silently ignored."""
        self._refuse_unknown_parameters(request)
        with reading(self.actor):
            return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one object with its ETag, or 304 where the caller has that version."""
        with reading(self.actor):
            row = self.get_object()
            return self.answer(row)

    def answer(self, row: Model, *, status: int = 200) -> Response:
        """Return an object as this resource shows it, with its ETag."""
        tag = etag_of(row)
        headers = {"ETag": tag} if tag else {}
        if status == 200 and tag and self.request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers=headers)
        return Response(self.get_serializer(row).data, status=status, headers=headers)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer, limited to the fields asked for."""
        if asked := self.request.query_params.get("fields") if self.request else None:
            kwargs["only"] = self._asked_fields(asked)
        return super().get_serializer(*args, **kwargs)

    def _asked_fields(self, text: str) -> frozenset[str]:
        asked = frozenset(name.strip() for name in text.split(",") if name.strip())
        serializer: Any = self.get_serializer_class()()
        known = set(serializer.get_fields())
        if unknown := sorted(asked - known):
            raise BadRequest(f"There is no field {unknown[0]!r} here.", field="fields")
        return asked

    def _refuse_unknown_parameters(self, request: Request) -> None:
        filterset = getattr(self, "filterset_class", None)
        filters = (
            set(filterset.base_filters) if filterset else set(getattr(self, "filterset_fields", ()) or ())
        )
        if unknown := sorted(set(request.query_params) - filters - _PAGING):
            raise BadRequest(f"There is no parameter {unknown[0]!r} here.", field=unknown[0])


def find(queryset: QuerySet[Any], key: str, code_field: str = "", id_field: str = "pk") -> Any:
    """Return one row by id or human code; refuse as not found what does not exist or is not visible."""
    identifier = parse_uuid(key)
    if identifier is None and (not code_field or "\0" in key):
        raise NotFound("There is no such object, or you may not see it.")
    wanted = {id_field: identifier} if identifier else {code_field: key}
    return get_object_or_404(queryset, **wanted)
