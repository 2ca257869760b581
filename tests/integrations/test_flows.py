"""Flows against their objectives: what went through, what is late, what waits for a person."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from contracts.models import Contract
from core.actors import Actor
from core.events import record
from core.models import Event, LegalEntity, Reaction, Role, User
from core.observing.gauges import measured
from core.verbs import acting
from integrations.events import DeliveryReplayed
from integrations.models import Break, Delivery, DeliveryAttempt, FlowObjective, Process
from integrations.queries.flows import FlowFigures, flow_figures
from tests.document_factories import BreakFactory, DeliveryFactory, ProcessFactory, SystemFactory
from tests.factories import ContractFactory, LegalEntityFactory
from tests.personas import api_client, page_client, person

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def figures(user: User) -> dict[tuple[str, str], FlowFigures]:
    return {(one.flow, one.system): one for one in flow_figures(user, now=NOW)}


def ago(**past: int) -> datetime:
    return NOW - timedelta(**past)


def delivered(entity: LegalEntity, system: object, *, seconds: int) -> Delivery:
    began = NOW - timedelta(hours=1)
    return DeliveryFactory.create(
        system=system,
        legal_entity=entity,
        state="delivered",
        created_at=began,
        finished_at=began + timedelta(seconds=seconds),
    )


def happened(type_: str, contract: Contract, *, minutes: int, seq: int, payload: str = "{}") -> Event:
    """Write an event at a moment of the past, as no verb could."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO core_event (type, occurred_at, schema_version, aggregate_type, aggregate_id,
                 aggregate_seq, legal_entity_id, actor, correlation_id, reason, payload)
               VALUES (%s, %s, 1, 'contracts.contract', %s, %s, %s, 'system:test', 'x', '', %s)
               RETURNING seq""",
            [type_, ago(minutes=minutes), contract.pk, seq, contract.legal_entity_id, payload],
        )
        (number,) = cursor.fetchone() or (0,)
    return Event.objects.get(pk=number)


def test_every_flow_has_an_objective_and_is_listed_when_nothing_flows(integration_support: User) -> None:
    objectives = dict(FlowObjective.objects.values_list("flow", "seconds"))
    assert objectives == {"pricing": 60, "posting": 600, "activation": 900, "settling": 432_000}
    listed = {
        key: (one.objective, one.through, one.open) for key, one in figures(integration_support).items()
    }
    assert listed == {(flow, ""): (seconds, 0, 0) for flow, seconds in objectives.items()}


def test_posting_counts_what_went_through_what_is_late_and_what_needs_a_person(
    integration_support: User,
) -> None:
    entity, system = LegalEntityFactory.create(), SystemFactory.create()
    replayed = delivered(entity, system, seconds=700)
    for _ in range(19):
        delivered(entity, system, seconds=100)
    stuck = DeliveryFactory.create(
        system=system, legal_entity=entity, state="rejected", created_at=ago(minutes=30)
    )
    DeliveryFactory.create(system=system, legal_entity=entity, created_at=ago(minutes=2))
    DeliveryAttempt.objects.create(
        delivery=stuck, epoch=1, action="create", started_at=ago(minutes=29), outcome="rejected"
    )
    with acting(Actor.system("test")):
        replay = DeliveryReplayed(
            system=system.code,
            operation_id=replayed.operation_id,
            object_type=replayed.aggregate_type,
            object_id=replayed.aggregate_id,
            label=replayed.aggregate_label,
            operation=replayed.operation,
            previous_state="dead",
        )
        record(replayed, replay, legal_entity_id=entity.pk)
    assert figures(integration_support)["posting", system.code] == FlowFigures(
        flow="posting",
        system=system.code,
        system_name=system.name,
        objective=600,
        through=20,
        open=2,
        late=2,
        stuck=1,
        failures=1,
        replays=1,
        lag=130,
        oldest=1800,
    )


def test_pricing_takes_from_the_approval_to_the_next_pricing_of_its_contract(
    integration_support: User,
) -> None:
    contract = ContractFactory.create()
    said = f'{{"contract_id": "{contract.pk}"}}'
    done = happened("time.approved", contract, minutes=20, seq=1, payload=said)
    happened("charge.priced", contract, minutes=18, seq=2)
    waiting = happened("time.approved", contract, minutes=5, seq=3, payload=said)
    handler = "billing.handlers.price_approved_time"
    Reaction.objects.create(event=done, handler=handler, state="done")
    Reaction.objects.create(event=waiting, handler=handler, state="pending", attempts=2)
    found = figures(integration_support)["pricing", ""]
    assert (found.through, found.lag, found.open, found.oldest) == (1, 120, 1, 300)
    assert (found.late, found.failures, found.stuck) == (2, 2, 0)


def test_activation_and_breaks_are_counted_by_their_age(integration_support: User) -> None:
    process = ProcessFactory.create()
    Process.objects.filter(pk=process.pk).update(created_at=ago(minutes=20))
    difference = BreakFactory.create()
    Break.objects.filter(pk=difference.pk).update(created_at=ago(days=6))
    found = figures(integration_support)
    activation, settling = found["activation", ""], found["settling", difference.system.code]
    assert (activation.open, activation.stuck, activation.late, activation.oldest) == (1, 1, 1, 1200)
    assert (settling.open, settling.late, settling.oldest) == (1, 1, 6 * 86_400)


def test_nobody_counts_what_belongs_to_another_entity(db: None) -> None:
    mine = DeliveryFactory.create(created_at=ago(minutes=1))
    other = DeliveryFactory.create(created_at=ago(minutes=9))
    user = person(Role.INTEGRATION_SUPPORT, entity=mine.legal_entity)
    found = figures(user)["posting", mine.system.code]
    assert (found.open, found.oldest) == (1, 60)
    assert other.legal_entity_id != mine.legal_entity_id


def test_the_page_the_api_and_monitoring_tell_the_same(integration_support: User) -> None:
    stuck = DeliveryFactory.create(state="rejected", created_at=timezone.now() - timedelta(hours=3))
    page = page_client(integration_support).get("/integrations/").content.decode()
    assert f'href="/integrations/?system={stuck.system.code}&amp;stuck=true">1<' in page
    assert "Release to posted document" in page and "10 min" in page
    told = api_client(integration_support).get("/api/v1/dashboards/integrations").json()
    posting = next(one for one in told if one["flow"] == "posting")
    assert (posting["system"], posting["late"], posting["stuck"]) == (stuck.system.code, 1, 1)
    late = {
        tuple(sorted(one.labels.items())): one.value for one in measured() if one.name == "tieout_flow_late"
    }
    assert late[("flow", "posting"), ("system", stuck.system.code)] == 1
    assert Client().get("/api/v1/dashboards/integrations").status_code == 401
