import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django_filters
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_htmx.middleware import HtmxDetails

from core.models import ExceptionItem
from core.presentation.columns import Column
from core.presentation.export import safe
from core.presentation.register import Empty, Register, register_view
from core.presentation.selection import NothingSelected, Selection, SelectionChanged, TooManySelected
from core.presentation.table import Table, read_table
from tests.factories import NOW, ExceptionItemFactory

pytestmark = pytest.mark.django_db

COLUMNS = (
    Column("number", "Number", "id", sort="number", lead=True, link=lambda row: f"/exceptions/{row.number}/"),
    Column("title", "Exception", detail="flow"),
    Column(
        "at_risk",
        "At stake",
        "money",
        read="money_at_risk",
        currency="currency",
        sort="money_at_risk",
        total="money_at_risk",
    ),
    Column("opened_at", "Opened", "day", sort="opened_at"),
    Column("state", "State", "state"),
)
TABLE = Table(
    COLUMNS,
    order="-at_risk",
    noun=("exception", "exceptions"),
    currency="currency",
    amount="at_risk",
    page_size=3,
)


class ExceptionFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label="Number or words", field_name="title", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label="State", choices=[("open", "Open"), ("resolved", "Resolved")])

    class Meta:
        model = ExceptionItem
        fields = ("state",)


REGISTER = Register("Exceptions", TABLE, Empty("No exceptions", "They open by themselves."), ExceptionFilter)


@pytest.fixture
def ask() -> Callable[..., Any]:
    """Ask the register for an address, as a page or (fragment=True) through htmx."""

    def ask(
        query: str = "", *, fragment: bool = False, **headers: str
    ) -> HttpResponse | StreamingHttpResponse:
        extra = {"HTTP_HX_REQUEST": "true"} if fragment else {}
        request: HttpRequest = RequestFactory().get(f"/exceptions/?{query}", **extra, **headers)  # type: ignore[arg-type]
        request.user = AnonymousUser()
        request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
        return register_view(request, REGISTER, ExceptionItem.objects.all())

    return ask


def numbers(query: str, table: Table = TABLE) -> list[str]:
    view = read_table(table, ExceptionItem.objects.all(), QueryDict(query))
    return [row.label.split()[0] for row in view.rows]


def make(*amounts: str | None) -> list[ExceptionItem]:
    return [
        ExceptionItemFactory.create(
            number=f"EX-{index}",
            money_at_risk=Decimal(amount) if amount else None,
            opened_at=NOW - timedelta(days=index),
        )
        for index, amount in enumerate(amounts, start=1)
    ]


def test_rows_come_in_the_default_order_with_empty_values_last() -> None:
    make("10", None, "30", "20")
    assert numbers("") == ["EX-3", "EX-4", "EX-1"]
    assert numbers("page=2") == ["EX-2"]
    assert numbers("page=99") == ["EX-2"]


def test_only_declared_columns_sort() -> None:
    make("10", "30", "20")
    assert numbers("sort=at_risk") == ["EX-1", "EX-3", "EX-2"]
    assert numbers("sort=-number") == ["EX-3", "EX-2", "EX-1"]
    assert numbers("sort=legal_entity__name") == numbers("")


def test_headings_turn_the_order_round_and_keep_the_filter() -> None:
    make("10")
    view = read_table(TABLE, ExceptionItem.objects.all(), QueryDict("q=rate&page=2"))
    links = {heading.column.key: (heading.href, heading.direction) for heading in view.headings}
    assert links == {
        "number": ("?q=rate&sort=number", ""),
        "title": ("", ""),
        "at_risk": ("?q=rate&sort=at_risk", "descending"),
        "opened_at": ("?q=rate&sort=opened_at", ""),
        "state": ("", ""),
    }


def test_cursor_pages_visit_every_row_once_whatever_the_order() -> None:
    make("10", None, "30", "20", "20", None, "20")
    table = Table(COLUMNS, order="-at_risk", cursor=True, page_size=2)
    seen, query = [], ""
    for _ in range(4):
        view = read_table(table, ExceptionItem.objects.all(), QueryDict(query))
        seen += [row.label.split()[0] for row in view.rows]
        query = view.page.next_href.removeprefix("?")
    assert seen == ["EX-3", "EX-4", "EX-5", "EX-7", "EX-1", "EX-2", "EX-6"]
    assert query == ""
    assert numbers("after=no-such-row", table) == ["EX-3", "EX-4"]


def test_totals_follow_the_whole_view_and_never_add_currencies() -> None:
    make("10", "30", "20", "40")
    ExceptionItemFactory.create(number="EX-9", money_at_risk=Decimal("5.50"), currency="EUR")
    view = read_table(TABLE, ExceptionItem.objects.all(), QueryDict(""))
    assert [(total.label, total.cells[2].html) for total in view.totals] == [
        ("Total EUR", '<data class="u-num" value="5.5000">€5.50</data>'),
        ("Total GBP", '<data class="u-num" value="100.0000">£100.00</data>'),
    ]


def test_a_page_and_its_fragment_show_the_same_rows(ask: Callable[..., HttpResponse]) -> None:
    make("10", "30")
    page, fragment = ask().content.decode(), ask(fragment=True).content.decode()
    for text in ('<a href="/exceptions/EX-2/">', "£30.00", "Open", 'value="30.0000"', "2 exceptions"):
        assert text in page
        assert text in fragment
    assert "<!doctype html>" in page
    assert "<!doctype html>" not in fragment
    assert 'hx-swap-oob="innerHTML">2 exceptions' in fragment


def test_a_restored_page_is_whole(ask: Callable[..., HttpResponse]) -> None:
    restored = ask(fragment=True, HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert "<!doctype html>" in restored.content.decode()


def test_the_address_drops_empty_parameters(ask: Callable[..., HttpResponse]) -> None:
    assert ask("q=&state=open&page=2", fragment=True)["HX-Push-Url"] == "/exceptions/?page=2&state=open"
    assert ask("q=&state=", fragment=True)["HX-Push-Url"] == "/exceptions/"


def test_filters_narrow_and_show_as_removable_chips(ask: Callable[..., HttpResponse]) -> None:
    make("10")
    ExceptionItemFactory.create(number="EX-77", resolved=True)
    page = ask("state=resolved").content.decode()
    assert "EX-77" in page
    assert "EX-1<" not in page
    assert 'State <b>Resolved</b><a href="?" aria-label="Remove filter State">' in page


def test_a_filter_that_is_not_understood_shows_no_rows(ask: Callable[..., HttpResponse]) -> None:
    make("10")
    page = ask("state=nonsense").content.decode()
    assert "State: Select a valid choice" in page
    assert "EX-1<" not in page


def test_the_three_empty_states(ask: Callable[..., HttpResponse]) -> None:
    assert "No exceptions" in ask().content.decode()
    nothing_matches = ask("q=zebra").content.decode()
    assert "Nothing matches" in nothing_matches
    assert '<a href="?">Number or words zebra</a>' in nothing_matches


@pytest.mark.parametrize("count", [1, 30])
def test_a_register_takes_the_same_queries_for_any_number_of_rows(
    ask: Callable[..., HttpResponse], count: int
) -> None:
    make(*["10"] * count)
    with CaptureQueriesContext(connection) as queries:
        ask()
    assert len(queries) == 3


def test_the_export_is_exactly_the_view_with_exact_figures(ask: Callable[..., StreamingHttpResponse]) -> None:
    make("10", "-120.50", "30")
    ExceptionItem.objects.filter(number="EX-1").update(title="=HYPERLINK(1)", flow="-1+1")
    ExceptionItemFactory.create(number="EX-77", resolved=True)
    response = ask("state=open&sort=number&export=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    title = "No rate for Senior consultant from 3 to 14 November"
    assert list(csv.reader(io.StringIO(text))) == [
        ["Number", "Exception", "Exception detail", "At stake", "At stake currency", "Opened", "State"],
        ["EX-1", "'=HYPERLINK(1)", "'-1+1", "10.0000", "GBP", "2026-11-17T09:00:00+00:00", "Open"],
        ["EX-2", title, "pricing", "-120.5000", "GBP", "2026-11-16T09:00:00+00:00", "Open"],
        ["EX-3", title, "pricing", "30.0000", "GBP", "2026-11-15T09:00:00+00:00", "Open"],
    ]
    assert response["Content-Disposition"].startswith('attachment; filename="exceptions-')


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1", "'=1"),
        ("+44", "'+44"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        (Decimal("-120.50"), "-120.50"),
        (None, ""),
        (True, "Yes"),
    ],
)
def test_text_never_becomes_a_formula_and_numbers_stay_numbers(value: object, text: str) -> None:
    assert safe(value) == text


def posted(**values: str | list[str]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def test_a_selection_of_ticked_rows() -> None:
    first, _, third = make("10", "20", "30")
    selection = Selection.parse(posted(selected=[str(first.pk), str(third.pk), str(first.pk)]))
    assert set(selection.rows(ExceptionItem.objects.all())) == {first, third}


def test_a_ticked_row_that_left_the_view_is_reported() -> None:
    first, second = make("10", "20")
    selection = Selection.parse(posted(selected=[str(first.pk), str(second.pk)]))
    with pytest.raises(SelectionChanged, match="You confirmed 2 rows, now 1 match"):
        selection.rows(ExceptionItem.objects.exclude(pk=second.pk))


def test_everything_that_matched_leaves_out_what_came_later() -> None:
    make("10", "20")
    seen = max(ExceptionItem.objects.values_list("created_at", flat=True)) + timedelta(seconds=1)
    late = ExceptionItemFactory.create(number="EX-9")
    ExceptionItem.objects.filter(pk=late.pk).update(created_at=seen + timedelta(seconds=1))
    selection = Selection.parse(posted(everything="1", expected_count="2", as_of=seen.isoformat()))
    assert [item.number for item in selection.rows(ExceptionItem.objects.order_by("number"))] == [
        "EX-1",
        "EX-2",
    ]


def test_everything_with_another_count_than_confirmed_is_refused() -> None:
    make("10", "20")
    selection = Selection.parse(posted(everything="1", expected_count="3"))
    with pytest.raises(SelectionChanged):
        selection.rows(ExceptionItem.objects.all())


def test_selections_of_nothing_or_too_much_are_refused() -> None:
    with pytest.raises(NothingSelected):
        Selection.parse(posted(selected=[]))
    with pytest.raises(TooManySelected):
        Selection.parse(posted(everything="1", expected_count="1001")).rows(ExceptionItem.objects.all())
