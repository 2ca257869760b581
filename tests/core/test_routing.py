"""Rules give exceptions an owner and a due time: the narrowest wins, what people decided stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.actions.exceptions import assign_exceptions
from core.actions.routing import escalate_exceptions, reroute_exceptions
from core.actors import Actor
from core.errors import Forbidden
from core.exceptions import open_exception
from core.models import Event, ExceptionItem, ExceptionRoute, Role, User
from core.routing import due_after
from core.verbs import acting
from tests.core.actions.test_exceptions import cause
from tests.factories import ContractFactory, ExceptionItemFactory, ProjectFactory, WorkerFactory
from tests.personas import page_client, person

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("pricing")
FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)


def rule(owner: User | None = None, **conditions: Any) -> ExceptionRoute:
    kept = {"assign_to": "person" if owner else "team", "owner": owner, **conditions}
    return ExceptionRoute.objects.create(**kept)


def opened(**changes: Any) -> ExceptionItem:
    with acting(SYSTEM):
        item = open_exception(cause(**changes), actor=SYSTEM)
    item.refresh_from_db()
    return item


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"due_hours": 4}, FRIDAY + timedelta(hours=4)),
        ({"due_working_days": 1}, FRIDAY + timedelta(days=3)),
        ({"due_working_days": 6}, FRIDAY + timedelta(days=10)),
        ({}, FRIDAY + timedelta(days=5)),
    ],
)
def test_due_times_skip_weekends(changes: dict[str, int], expected: datetime) -> None:
    assert due_after(FRIDAY, ExceptionRoute(**changes), "business") == expected


def test_the_narrowest_rule_names_the_owner_when_an_item_opens() -> None:
    anybody, for_code, for_contract = (person(Role.FINANCE) for _ in range(3))
    contract = ContractFactory.create()
    rule(anybody, due_working_days=3)
    rule(for_code, code="rate_missing", due_hours=8)
    rule(for_contract, contract=contract.code)
    rule(anybody, code="tax_unresolved", flow="pricing", kind="business")
    by_code = opened()
    assert (by_code.owner, by_code.state) == (for_code, "in_progress")
    assert by_code.due_at == by_code.opened_at + timedelta(hours=8)
    assert opened(key="cause:2", contract_id=contract.pk).owner == for_contract
    assert opened(key="cause:3", code="over_cap").owner == anybody
    assert list(Event.objects.order_by("seq").values_list("type", flat=True)[:2]) == [
        "exception.opened",
        "exception.routed",
    ]


def test_owner_and_project_manager_of_the_contract_answer_where_they_may_work() -> None:
    manager, owner, reader = person(Role.PROJECT_MANAGER), person(Role.FINANCE), person(Role.AUDITOR)
    contract = ContractFactory.create(owner=owner)
    ProjectFactory.create(contract=contract, manager=WorkerFactory.create(user=manager))
    rule(assign_to="project_manager", code="milestone_unsigned")
    rule(assign_to="contract_owner", code="rate_missing")
    about = {"contract_id": contract.pk, "legal_entity_id": contract.legal_entity_id}
    assert opened(code="milestone_unsigned", **about).owner == manager
    assert opened(key="cause:2", **about).owner == owner
    rule(reader, code="over_cap", due_hours=1)
    unfit = opened(key="cause:3", code="over_cap", **about)
    assert (unfit.owner, unfit.state, unfit.due_at) == (None, "open", unfit.opened_at + timedelta(hours=1))


def test_rules_are_applied_again_but_to_nothing_a_person_gave_away(data_steward: User, finance: User) -> None:
    old, new = person(Role.FINANCE), person(Role.FINANCE)
    steward = Actor.of(data_steward)
    first = rule(old, code="rate_missing")
    routed, given, resolved = opened(), opened(key="cause:2"), ExceptionItemFactory.create(resolved=True)
    assign_exceptions([given.pk], owner=finance, actor=Actor.of(finance))
    ExceptionRoute.objects.filter(pk=first.pk).update(owner=new, due_hours=2)
    assert reroute_exceptions(actor=steward, reason="New rota") == 2
    assert reroute_exceptions(actor=steward) == 0
    owners = dict(ExceptionItem.objects.values_list("number", "owner"))
    assert owners == {routed.number: new.pk, given.number: finance.pk, resolved.number: None}
    with pytest.raises(Forbidden):
        reroute_exceptions(actor=Actor.of(finance))


def test_many_items_take_as_many_queries_as_few(data_steward: User) -> None:
    counts = []
    rule(person(Role.FINANCE), code="rate_missing")
    steward = Actor.of(data_steward)
    reroute_exceptions(actor=steward)
    for number in (2, 30):
        ExceptionItemFactory.create_batch(number)
        with CaptureQueriesContext(connection) as captured:
            assert reroute_exceptions(actor=steward) == number
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_becomes_overdue_is_recorded_once_and_has_its_view(finance: User) -> None:
    now = timezone.now()
    late = ExceptionItemFactory.create(due_at=now - timedelta(hours=1))
    ExceptionItemFactory.create(due_at=now + timedelta(hours=1))
    ExceptionItemFactory.create(due_at=now - timedelta(hours=1), snoozed_until=now.date() + timedelta(days=2))
    assert escalate_exceptions(now=now, on=now.date(), actor=SYSTEM) == 1
    assert escalate_exceptions(now=now + timedelta(minutes=5), on=now.date(), actor=SYSTEM) == 0
    assert list(Event.objects.values_list("type", "aggregate_id")) == [("exception.overdue", late.pk)]
    page = page_client(finance).get("/exceptions/?view=overdue").content.decode()
    assert page.count("data-row=") == 1 and late.number in page


def test_a_steward_applies_the_rules_in_the_administration(data_steward: User, client: Client) -> None:
    owner = person(Role.FINANCE)
    kept = rule(owner, code="rate_missing")
    item = ExceptionItemFactory.create()
    data_steward.is_staff = True
    data_steward.save()
    client.force_login(data_steward)
    body = {"action": "apply_to_open_items", "_selected_action": [str(kept.pk)]}
    answer = client.post("/admin/core/exceptionroute/", body, follow=True)
    assert "1 exception changed" in answer.content.decode()
    item.refresh_from_db()
    assert item.owner == owner
