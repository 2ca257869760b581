"""A register's table: declared once, read for one request. Sorts, pages and sums in the database."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.safestring import SafeString

from core.presentation import markup, querystring
from core.presentation.columns import Column, Read, take
from core.presentation.formats import counted
from core.presentation.paging import Page, cursor_page, numbered_page

PAGE_SIZE = 50


@dataclass(frozen=True)
class BulkAction:
    """A button over the selected rows; it posts the selection to `url_name`."""

    label: str
    url_name: str
    key: str = ""
    primary: bool = False


@dataclass(frozen=True)
class Table:
    """The declaration: columns, the default order (a column's key, `-` for descending), how it pages.

    `noun` is singular and plural for the count. `currency` is the ORM path by which totals are split.
    `cursor` pages by position without counting, for registers that grow without end. `amount` names the
    money column that the selection sums up.
    """

    columns: tuple[Column, ...]
    order: str
    noun: tuple[str, str] = ("row", "rows")
    currency: str = ""
    amount: str = ""
    cursor: bool = False
    page_size: int = PAGE_SIZE
    row_css: Callable[[Any], str] | None = None
    bulk: tuple[BulkAction, ...] = ()
    row_label: Read = "__str__"

    def sort_of(self, query: QueryDict) -> str:
        """Return the requested order if its column may be sorted, else the default."""
        asked = query.get("sort", "")
        return asked if asked.removeprefix("-") in self._sortable() else self.order

    def _sortable(self) -> dict[str, str]:
        return {column.key: column.sort for column in self.columns if column.sort}

    def sort_path(self, order: str) -> str:
        """Return the ORM path behind an order such as `-amount`; the default may name a path itself."""
        key = order.removeprefix("-")
        return self._sortable().get(key, key)


@dataclass(frozen=True)
class Heading:
    """A column's heading: its link sorts by it, or turns the order round."""

    column: Column
    href: str
    direction: str = ""


@dataclass(frozen=True)
class Cell:
    """One rendered cell."""

    column: Column
    html: SafeString


@dataclass(frozen=True)
class Row:
    """One rendered row; `amount` and `currency` feed the sum of a selection."""

    pk: str
    label: str
    cells: list[Cell]
    css: str = ""
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class TotalRow:
    """The sums of the whole view in one currency."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class TableView:
    """A table as one request sees it: what components/table.html draws."""

    table: Table
    headings: list[Heading]
    rows: list[Row]
    totals: list[TotalRow]
    page: Page

    @property
    def width(self) -> int:
        """Return the number of columns, the tick box included."""
        return len(self.headings) + bool(self.table.bulk)

    @property
    def count_text(self) -> str:
        """Return the result count as a sentence part: 1 contract, 64 contracts."""
        total = self.page.total if self.page.total is not None else len(self.rows)
        text = counted(total, *self.table.noun)
        return text if self.page.total is not None else f"{text} shown"


def ordered(table: Table, queryset: QuerySet[Any], order: str) -> QuerySet[Any]:
    """Order by a whitelisted column, empty values last, ties by primary key."""
    path = F(table.sort_path(order))
    by = path.desc(nulls_last=True) if order.startswith("-") else path.asc(nulls_last=True)
    return queryset.order_by(by, OrderBy(F("pk")))


def read_table(table: Table, queryset: QuerySet[Any], query: QueryDict) -> TableView:
    """Sort, page and sum a queryset as the URL asks; unknown orders and pages fall back quietly."""
    order = table.sort_of(query)
    rows = ordered(table, queryset, order)
    if table.cursor:
        page = cursor_page(rows, table.sort_path(order), order.startswith("-"), query, table.page_size)
    else:
        page = numbered_page(rows, query, table.page_size)
    return TableView(
        table=table,
        headings=[_heading(column, order, query) for column in table.columns],
        rows=[_row(table, row) for row in page.rows],
        totals=_totals(table, queryset) if page.rows else [],
        page=page,
    )


def _heading(column: Column, order: str, query: QueryDict) -> Heading:
    if not column.sort:
        return Heading(column, "")
    if order.removeprefix("-") != column.key:
        return Heading(column, querystring.replaced(query, sort=column.key))
    descending = order.startswith("-")
    turned = column.key if descending else f"-{column.key}"
    return Heading(
        column, querystring.replaced(query, sort=turned), "descending" if descending else "ascending"
    )


def _row(table: Table, row: Any) -> Row:
    money = next((column for column in table.columns if column.key == table.amount), None)
    return Row(
        pk=str(row.pk),
        label=str(take(row, table.row_label)),
        cells=[Cell(column, column.cell(row)) for column in table.columns],
        css=table.row_css(row) if table.row_css else "",
        amount=money.value(row) if money else None,
        currency=money.currency_of(row) if money else "",
    )


def _totals(table: Table, queryset: QuerySet[Any]) -> list[TotalRow]:
    """Sum the declared columns over the whole view, one row per currency."""
    summed = {column.key: Sum(column.total) for column in table.columns if column.total}
    if not summed:
        return []
    # The aggregates are named apart from the model's fields, which they may be called after.
    named = {f"total_{key}": total for key, total in summed.items()}
    if not table.currency:
        return [_total_row(table, "Total", queryset.order_by().aggregate(**named), "")]
    by_currency = queryset.order_by().values(total_currency=F(table.currency)).annotate(**named)
    lines = sorted(by_currency, key=lambda line: str(line["total_currency"]))
    return [
        _total_row(table, f"Total {line['total_currency']}", line, line["total_currency"]) for line in lines
    ]


def _total_row(table: Table, label: str, sums: dict[str, Any], currency: str) -> TotalRow:
    def shown(column: Column) -> SafeString:
        total = sums.get(f"total_{column.key}")
        if total is None:
            return SafeString("")
        if column.kind == "money":
            return markup.money(total, currency or column.fixed_currency)
        return markup.quantity(total, column.unit if isinstance(column.unit, str) else "")

    return TotalRow(label, [Cell(column, shown(column)) for column in table.columns])
