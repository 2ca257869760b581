"""Two ways to page: by number with a count, or by position (cursor) without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict

from core.presentation import querystring


@dataclass(frozen=True)
class Page:
    """The rows of one page and the ways to its neighbours; `total` is None where nobody counted."""

    rows: Sequence[Any]
    total: int | None = None
    text: str = ""
    previous_href: str = ""
    next_href: str = ""

    @property
    def has_others(self) -> bool:
        return bool(self.previous_href or self.next_href)


def numbered_page(rows: QuerySet[Any], query: QueryDict, size: int) -> Page:
    """Return the page named by `?page=`; a number out of range gives the nearest page."""
    pages = Paginator(rows, size)
    page = pages.get_page(query.get("page"))
    return Page(
        rows=list(page.object_list),
        total=pages.count,
        text=f"{page.start_index():,}–{page.end_index():,} of {pages.count:,}" if pages.count else "",
        previous_href=_at(query, page=page.previous_page_number()) if page.has_previous() else "",
        next_href=_at(query, page=page.next_page_number()) if page.has_next() else "",
    )


def cursor_page(rows: QuerySet[Any], path: str, descending: bool, query: QueryDict, size: int) -> Page:
    """Return the rows behind the one named by `?after=`; a row that is gone starts over."""
    after = query.get("after", "")
    beyond = _beyond(rows, path, descending, after) if after else None
    found = list((rows.filter(beyond) if beyond is not None else rows)[: size + 1])
    more = len(found) > size
    return Page(
        rows=found[:size],
        previous_href=_at(query) if beyond is not None else "",
        next_href=_at(query, after=found[size - 1].pk) if more else "",
    )


def _beyond(rows: QuerySet[Any], path: str, descending: bool, after: str) -> Q | None:
    """Return the condition for what follows the row `after` (order: value, empty last, then key)."""
    try:
        anchor = rows.filter(pk=after).values_list(path, "pk").first()
    except (ValueError, ValidationError):
        return None
    if anchor is None:
        return None
    value, key = anchor
    if value is None:
        return Q(**{f"{path}__isnull": True, "pk__gt": key})
    further = Q(**{f"{path}__lt" if descending else f"{path}__gt": value})
    return further | Q(**{path: value, "pk__gt": key}) | Q(**{f"{path}__isnull": True})


def _at(query: QueryDict, **position: object) -> str:
    return querystring.replaced(query, **position)
