"""The exception queue as people use it: views, filters, decisions, undo; with and without script."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.actors import Actor
from core.exceptions import Cause, open_exception
from core.models import Event, ExceptionItem, Role, User
from core.verbs import acting
from tests.factories import ExceptionItemFactory, ExchangeRateFactory, LegalEntityFactory, ProjectFactory
from tests.personas import page_client, person

URL = "/exceptions/"
SYSTEM = Actor.system("pricing")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(finance: User) -> Client:
    return page_client(finance)


def numbers(answer: Any) -> list[str]:
    groups = answer.context["page"].groups
    return [row.number for group in groups for row in group.rows]


def test_causes_and_items_are_ordered_by_money_at_stake(client: Client) -> None:
    small = ExceptionItemFactory.create(code="rate_missing", money_at_risk=Decimal(10))
    large = ExceptionItemFactory.create(code="erp_rejected", money_at_risk=Decimal(500))
    middle = ExceptionItemFactory.create(code="rate_missing", money_at_risk=Decimal(400))
    unknown = ExceptionItemFactory.create(code="rate_missing", money_at_risk=None)

    answer = client.get(URL)

    assert numbers(answer) == [large.number, middle.number, small.number, unknown.number]
    groups = answer.context["page"].groups
    assert [(group.label, group.remark) for group in groups] == [
        ("ERP rejected the invoice", "1"),
        ("No rate for the work date", "3"),
    ]


def test_currencies_are_summed_apart_and_told_as_one(client: Client) -> None:
    entity = LegalEntityFactory.create(code="A1", base_currency_id="GBP")
    ExchangeRateFactory.create(base_id="EUR", quote_id="GBP", rate=Decimal("0.5"))
    ExceptionItemFactory.create(legal_entity=entity, money_at_risk=Decimal(100), currency="GBP")
    ExceptionItemFactory.create(legal_entity=entity, money_at_risk=Decimal(300), currency="EUR")

    total = client.get(URL).context["page"].queue.total

    assert {(part.amount, part.currency) for part in total.parts} == {
        (Decimal(100), "GBP"),
        (Decimal(300), "EUR"),
    }
    assert (total.mixed, total.about.amount, total.about.currency) == (True, Decimal("250.00"), "GBP")


def test_without_an_exchange_rate_nothing_is_estimated(client: Client) -> None:
    ExceptionItemFactory.create(money_at_risk=Decimal(100), currency="GBP")
    ExceptionItemFactory.create(money_at_risk=Decimal(300), currency="JPY")
    total = client.get(URL).context["page"].queue.total
    assert (len(total.parts), total.about, total.mixed) == (2, None, False)


def test_saved_views_hold_what_they_say(client: Client, finance: User) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    mine = ExceptionItemFactory.create(owner=finance, state="in_progress", money_at_risk=None)
    free = ExceptionItemFactory.create(money_at_risk=Decimal(7))
    asleep = ExceptionItemFactory.create(snoozed_until=tomorrow)
    rejected = ExceptionItemFactory.create(
        code="erp_rejected", owner=person(Role.FINANCE), money_at_risk=None
    )
    done = ExceptionItemFactory.create(resolved=True)
    ExceptionItem.objects.filter(pk=done.pk).update(resolved_at=timezone.now())

    found = {view: set(numbers(client.get(URL, {"view": view}))) for view in ("open", "mine", "unassigned")}
    found |= {view: set(numbers(client.get(URL, {"view": view}))) for view in ("blocking", "erp")}
    found |= {view: set(numbers(client.get(URL, {"view": view}))) for view in ("snoozed", "resolved")}

    assert found == {
        "open": {mine.number, free.number, rejected.number},
        "mine": {mine.number},
        "unassigned": {free.number},
        "blocking": {free.number},
        "erp": {rejected.number},
        "snoozed": {asleep.number},
        "resolved": {done.number},
    }
    tabs = client.get(URL).context["page"].tabs
    assert {tab.label: tab.count for tab in tabs} == {
        "All open": 3,
        "Mine": 1,
        "Unassigned": 1,
        "Overdue": 0,
        "Blocking": 1,
        "ERP rejections": 1,
        "Snoozed": 1,
        "Recently resolved": 1,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "halden"}, ["EX-1"]),
        ({"q": "EX-2"}, ["EX-2"]),
        ({"q": "no such words"}, []),
        ({"q": "\x00"}, ["EX-1", "EX-2"]),
        ({"code": "erp_rejected"}, ["EX-2"]),
        ({"age": "0-2"}, ["EX-1"]),
        ({"age": "31"}, ["EX-2"]),
        ({"age": "nonsense", "view": "nonsense"}, ["EX-1", "EX-2"]),
        ({"fold": "erp_rejected"}, ["EX-1"]),
    ],
)
def test_filters_narrow_the_list(client: Client, query: dict[str, str], found: list[str]) -> None:
    now = timezone.now()
    ExceptionItemFactory.create(number="EX-1", subject_label="Halden Rail", opened_at=now - timedelta(days=1))
    ExceptionItemFactory.create(number="EX-2", code="erp_rejected", opened_at=now - timedelta(days=31))
    assert sorted(numbers(client.get(URL, query))) == found


def test_ages_add_up_to_the_whole(client: Client) -> None:
    now = timezone.now()
    for days in (0, 2, 3, 7, 8, 30, 31, 400):
        ExceptionItemFactory.create(opened_at=now - timedelta(days=days), money_at_risk=Decimal(10))
    bands = client.get(URL).context["page"].bands
    assert [(band.label, band.count, band.amount) for band in bands] == [
        ("0–2 days", 2, Decimal(20)),
        ("3–7 days", 2, Decimal(20)),
        ("8–30 days", 2, Decimal(20)),
        ("Over 30 days", 2, Decimal(20)),
    ]


def test_a_fragment_request_gets_its_part_only(client: Client) -> None:
    item = ExceptionItemFactory.create()
    whole = client.get(URL).content.decode()
    parts = {"results": '<div class="l-list', "inspector": "<aside", "queue": '<div class="l-review"'}
    for target, starts in parts.items():
        part = client.get(URL, {"item": item.number}, headers={**HTMX, "HX-Target": target}).content.decode()
        assert part.strip().startswith(starts)
        assert len(part) < len(whole)


def test_a_number_leads_to_the_open_item(client: Client) -> None:
    item = ExceptionItemFactory.create(resolved=True)
    answer = client.get(f"{URL}{item.number}/", follow=True)
    assert answer.context["page"].inspected.item == item
    assert client.get(f"{URL}EX-0/").status_code == 404


def test_one_and_thirty_items_cost_the_same(client: Client, django_assert_num_queries: Any) -> None:
    entity = LegalEntityFactory.create()
    for count in (1, 29):
        for _ in range(count):
            ExceptionItemFactory.create(legal_entity=entity)
        with django_assert_num_queries(11):
            client.get(URL)


def test_a_project_manager_sees_own_items_and_own_contracts_only(project_manager: User) -> None:
    own = ProjectFactory.create(manager=project_manager.worker)
    seen = ExceptionItemFactory.create(contract_id=own.contract_id)
    given = ExceptionItemFactory.create(owner=project_manager, state="in_progress")
    ExceptionItemFactory.create(contract_id=ProjectFactory.create().contract_id)
    assert set(numbers(page_client(project_manager).get(URL))) == {seen.number, given.number}


def test_people_without_the_permission_are_refused(consultant: User) -> None:
    assert page_client(consultant).get(URL).status_code == 403
    assert Client().get(URL).status_code == 302


class TestDeciding:
    """Dialogs that ask what a verb needs, for one item or many."""

    def test_the_dialog_asks_and_then_the_queue_comes_anew_with_undo(
        self, client: Client, finance: User
    ) -> None:
        item = ExceptionItemFactory.create()
        address = f"{URL}decide/resolve/?item={item.number}&selected={item.pk}"
        dialog = client.get(address, headers=HTMX).content.decode()
        assert "Resolve 1 exception" in dialog and "<html" not in dialog

        answer = client.post(address, {"decided": "1", "selected": item.pk, "reason": "Agreed"}, headers=HTMX)

        item.refresh_from_db()
        assert (item.state, item.resolution) == ("resolved", "Agreed")
        assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#queue", "outerHTML")
        assert "stateChanged" in answer["HX-Trigger"]
        counts = client.get("/navigation/", headers=HTMX).content.decode()
        assert '<span class="n" id="count-exceptions" hx-swap-oob="true"></span>' in counts
        undo = _toast(answer)["undo"]
        restored = client.post(undo, headers=HTMX)
        item.refresh_from_db()
        assert (item.state, _toast(restored)["message"]) == ("open", "1 restored")

    def test_it_works_without_script(self, client: Client) -> None:
        items = [ExceptionItemFactory.create() for _ in range(2)]
        selected = {"selected": [item.pk for item in items]}
        page = client.post(f"{URL}decide/resolve/", selected)
        assert (page.status_code, "<html" in page.content.decode()) == (200, True)
        assert "Resolve 2 exceptions" in page.content.decode()
        answer = client.post(f"{URL}decide/resolve/", {**selected, "decided": "1", "reason": "Agreed"})
        assert (answer.status_code, answer["Location"]) == (302, "/exceptions/?")
        assert set(ExceptionItem.objects.values_list("state", flat=True)) == {"resolved"}

    def test_what_is_missing_is_said_in_the_dialog_and_nothing_changes(self, client: Client) -> None:
        item = ExceptionItemFactory.create()
        answer = client.post(
            f"{URL}decide/resolve/", {"selected": item.pk, "decided": "1", "reason": ""}, headers=HTMX
        )
        assert (answer.status_code, "This field is required" in answer.content.decode()) == (422, True)
        assert not Event.objects.exists()

    def test_all_that_match_are_waived_together_and_come_back_by_undo(self, client: Client) -> None:
        for _ in range(3):
            ExceptionItemFactory.create(subject_label="Halden")
        seen = datetime.now(UTC).isoformat()
        everything = {"everything": "1", "expected_count": "3", "as_of": seen}
        said = {**everything, "decided": "1", "reason": "Agreed with the client"}
        answer = client.post(f"{URL}decide/waive/?q=halden", said, headers=HTMX)
        assert set(ExceptionItem.objects.values_list("state", "resolution")) == {
            ("waived", "Agreed with the client")
        }
        client.post(_toast(answer)["undo"], headers=HTMX)
        assert set(ExceptionItem.objects.values_list("state", "resolution")) == {("open", "")}

    def test_putting_aside_without_a_day_lasts_until_more_is_at_risk(self, client: Client) -> None:
        item = ExceptionItemFactory.create()
        said = {"selected": item.pk, "decided": "1", "until_worse": "on", "until": ""}
        client.post(f"{URL}decide/snooze/", said, headers=HTMX)
        page = client.get(f"{URL}?view=snoozed&item={item.number}").content.decode()
        assert page.count("Snoozed until more is at risk") == 2
        cause = Cause(
            code=item.code,
            key=item.cause_key,
            title=item.title,
            object_type=item.object_type,
            object_id=item.object_id,
            money_at_risk=Decimal("20000"),
            currency=item.currency,
        )
        with acting(SYSTEM):
            open_exception(cause, actor=SYSTEM)
        item.refresh_from_db()
        assert item.snoozed_until is None

    def test_taking_needs_no_dialog(self, client: Client, finance: User) -> None:
        item = ExceptionItemFactory.create()
        client.post(f"{URL}decide/take/", {"selected": item.pk}, headers=HTMX)
        item.refresh_from_db()
        assert (item.owner, item.state) == (finance, "in_progress")

    def test_everything_that_matches_is_chosen_by_the_filter_not_by_the_page(self, client: Client) -> None:
        for place in range(12):
            ExceptionItemFactory.create(subject_label="Halden" if place else "Other")
        seen = datetime.now(UTC).isoformat()
        posted = {"everything": "1", "expected_count": "11", "as_of": seen, "decided": "1", "until": ""}
        answer = client.post(f"{URL}decide/take/?q=halden", posted, headers=HTMX)
        assert _toast(answer)["message"] == "11 assigned to you"

    def test_a_selection_that_changed_meanwhile_is_not_acted_on(self, client: Client) -> None:
        ExceptionItemFactory.create()
        posted = {"everything": "1", "expected_count": "2", "as_of": datetime.now(UTC).isoformat()}
        answer = client.post(f"{URL}decide/take/", posted, headers=HTMX)
        assert (answer.status_code, "Look again" in answer.content.decode()) == (409, True)
        assert not Event.objects.exists()

    @pytest.mark.parametrize("selected", [[], ["nonsense"], ["00000000-0000-0000-0000-000000000000"]])
    def test_a_selection_of_nothing_is_refused(self, client: Client, selected: list[str]) -> None:
        answer = client.post(f"{URL}decide/take/", {"selected": selected})
        assert (answer.status_code, Event.objects.exists()) == (422, False)

    def test_the_item_after_the_settled_one_opens_next(self, client: Client) -> None:
        items = [ExceptionItemFactory.create(money_at_risk=Decimal(amount)) for amount in (30, 20, 10)]
        posted = {"selected": items[1].pk, "decided": "1", "reason": "Agreed"}
        answer = client.post(f"{URL}decide/resolve/?item={items[1].number}", posted, headers=HTMX)
        assert answer.context["page"].inspected.item == items[2]

    def test_a_comment_shows_in_the_activity(self, client: Client, finance: User) -> None:
        item = ExceptionItemFactory.create()
        answer = client.post(f"{URL}{item.pk}/comment/", {"comment": "Asked the customer"}, headers=HTMX)
        activities = answer.context["page"].inspected.activities
        assert [(one.text, one.person.name) for one in activities] == [("Asked the customer", str(finance))]


def test_the_export_holds_exactly_the_view(client: Client) -> None:
    ExceptionItemFactory.create(number="EX-1", subject_label="=cmd()", money_at_risk=Decimal("12.5"))
    ExceptionItemFactory.create(number="EX-2", code="erp_rejected")
    answer = client.get(f"{URL}export/", {"code": "rate_missing"})
    lines = answer.getvalue().decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("EX-1,rate_missing,")
    assert "'=cmd()" in lines[1] and "12.5" in lines[1]


def _toast(answer: Any) -> dict[str, Any]:
    toast: dict[str, Any] = json.loads(answer["HX-Trigger"])["toast"]
    return toast
