"""A register page in four declarations: title, table, filter, what to say when it is empty.

One address answers the first load, every sort, filter and page (as a fragment), and the CSV of the same view.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django_filters import FilterSet
from django_htmx.middleware import HtmxDetails

from core.presentation import querystring
from core.presentation.export import csv_response
from core.presentation.filtering import FilterBar, filter_bar
from core.presentation.parts import Link, Tab
from core.presentation.selection import seen_now
from core.presentation.table import Table, TableView, ordered, read_table

RESULTS = "components/table.html"


@dataclass(frozen=True)
class Empty:
    """What an empty register says: `nothing` yet (and what creates it) or all `done` (and what is next)."""

    title: str
    text: str = ""
    kind: str = "nothing"
    action: Link | None = None


@dataclass(frozen=True)
class Register:
    """The declaration of a register page; `template` may extend components/register.html."""

    title: str
    table: Table
    empty: Empty
    filterset: type[FilterSet] | None = None
    template: str = "components/register.html"
    actions: tuple[Link, ...] = field(default=())


@dataclass(frozen=True)
class RegisterPage:
    """What the templates draw: context name `register`."""

    declared: Register
    view: TableView
    filters: FilterBar | None
    path: str
    query: str
    export_href: str
    as_of: str
    summary: str = ""
    tabs: tuple[Tab, ...] = ()

    @property
    def empty_kind(self) -> str:
        """Return which of the three empty states applies: nothing, done, or no match for the filter."""
        filtered = self.filters and (self.filters.chips or self.filters.errors)
        return "no_match" if filtered else self.declared.empty.kind


def is_fragment(request: HttpRequest) -> bool:
    """Say whether only a part of the page is wanted; a history restore always gets the whole page."""
    htmx = cast("HtmxDetails | None", getattr(request, "htmx", None))
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def render_part(
    request: HttpRequest, template: str, context: dict[str, Any], part: str, status: int = 200
) -> HttpResponse:
    """Render the page, or for a fragment request only its partial `part`."""
    return render(request, f"{template}#{part}" if is_fragment(request) else template, context, status=status)


def register_view(
    request: HttpRequest,
    declared: Register,
    queryset: QuerySet[Any],
    *,
    summary: str = "",
    tabs: tuple[Tab, ...] = (),
    extra: dict[str, Any] | None = None,
) -> HttpResponse | StreamingHttpResponse:
    """Answer a register's address from a queryset already narrowed to what the person may see.

    A filter that is not understood shows its error and no rows, never unfiltered ones.
    """
    rows, filters = _filtered(request, declared, queryset)
    if request.GET.get("export") == "csv":
        order = declared.table.sort_of(request.GET)
        return csv_response(declared.title, declared.table.columns, ordered(declared.table, rows, order))
    page = RegisterPage(
        declared=declared,
        view=read_table(declared.table, rows, request.GET),
        filters=filters,
        path=request.path,
        query=querystring.replaced(request.GET),
        export_href=querystring.replaced(request.GET, export="csv"),
        as_of=seen_now(),
        summary=summary,
        tabs=tabs,
    )
    context = {"register": page, "fragment": is_fragment(request), **(extra or {})}
    response = render(request, RESULTS if context["fragment"] else declared.template, context)
    if context["fragment"]:
        response["HX-Push-Url"] = _address(request)
    return response


def _filtered(
    request: HttpRequest, declared: Register, queryset: QuerySet[Any]
) -> tuple[QuerySet[Any], FilterBar | None]:
    if declared.filterset is None:
        return queryset, None
    filterset = declared.filterset(request.GET, queryset=queryset, request=request)
    rows = filterset.qs if filterset.is_valid() else queryset.none()
    return rows, filter_bar(filterset, request.GET)


def _address(request: HttpRequest) -> str:
    """Return the view's address without empty parameters, for the history and for sharing."""
    kept = {name: request.GET[name] for name in querystring.POSITIONS if request.GET.get(name)}
    query = querystring.replaced(request.GET, **kept)
    return request.path if query == "?" else f"{request.path}{query}"
