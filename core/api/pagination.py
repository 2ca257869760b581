"""Cursor pages: stable while rows are added, without counting."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.api.problems import BadRequest

if TYPE_CHECKING:
    from rest_framework.views import APIView


class Pages(BasePagination):
    """Pages of `limit` rows (50, at most 500), ordered by `order` and then by key.

    A view lists what it may be ordered by in `ordering_fields`; the first one is the default.
    `next` is the address of the next page, or null on the last one.
    """

    default_limit = 50
    max_limit = 500

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """Return the rows of the page the cursor asks for."""
        limit = self._limit(request)
        order = _order(request, queryset.model, getattr(view, "ordering_fields", ("pk",)))
        rows = list(_after(queryset, order, request.query_params.get("cursor"))[: limit + 1])
        self.next = None
        if len(rows) > limit:
            cursor = _encode(order, rows[limit - 1])
            self.next = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with the address of the next one."""
        return Response({"next": self.next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the page for the API schema."""
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the parameters for the API schema."""
        fields = getattr(view, "ordering_fields", ("pk",))
        orders = [sign + name for name in fields for sign in ("", "-")]
        return [
            _parameter(
                "limit", "Rows per page.", {"type": "integer", "minimum": 1, "maximum": self.max_limit}
            ),
            _parameter("cursor", "Taken from `next`; opaque.", {"type": "string"}),
            _parameter(
                "order", "Order of the rows; a minus sign reverses it.", {"type": "string", "enum": orders}
            ),
        ]

    def _limit(self, request: Request) -> int:
        text = request.query_params.get("limit", str(self.default_limit))
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= self.max_limit:
            raise BadRequest(f"The limit must be a whole number from 1 to {self.max_limit}.", field="limit")
        return int(text)


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _order(request: Request, model: type[Model], allowed: tuple[str, ...]) -> str:
    order = request.query_params.get("order", allowed[0])
    if order.removeprefix("-") not in {name.removeprefix("-") for name in allowed}:
        raise BadRequest(f"Order by one of {', '.join(allowed)}.", field="order")
    return order


def _after(queryset: QuerySet[Any], order: str, cursor: str | None) -> QuerySet[Any]:
    name, way = order.removeprefix("-"), "lt" if order.startswith("-") else "gt"
    sign = "-" if way == "lt" else ""
    queryset = queryset.order_by(order, f"{sign}pk")
    if cursor is None:
        return queryset
    value, key = _decode(queryset.model, order, cursor)
    beyond = Q(**{f"{name}__{way}": value}) | Q(**{name: value, f"pk__{way}": key})
    return queryset.filter(beyond)


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if not isinstance(field, Field):
        raise FieldDoesNotExist(f"{model._meta.label} has no column {name}.")
    return field


def _encode(order: str, row: Model) -> str:
    values = [_field(type(row), name).value_to_string(row) for name in (order.removeprefix("-"), "pk")]
    return base64.urlsafe_b64encode(json.dumps([order, *values]).encode()).decode().rstrip("=")


def _decode(model: type[Model], order: str, cursor: str) -> tuple[Any, Any]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        given, value, key = json.loads(text)
        if given != order:
            raise ValueError(given)
        name = order.removeprefix("-")
        return _field(model, name).to_python(value), _field(model, "pk").to_python(key)
    except (ValueError, TypeError, binascii.Error, ValidationError, RecursionError) as error:
        sentence = "This cursor belongs to no page of this list: start again without it."
        raise BadRequest(sentence, field="cursor") from error
