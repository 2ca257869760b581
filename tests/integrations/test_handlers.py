"""Outcomes reach billing in one order of locks, whatever order they came in. Real transactions."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from billing.events import ProposalReleased
from billing.models import Proposal
from contracts.models import Contract
from core.actors import Actor
from core.events import record
from core.models import LegalEntity
from core.reactions import run_reactions
from core.verbs import acting
from integrations.actions.deliveries import queue_document
from integrations.adapters import Rejected
from integrations.models import Delivery
from integrations.relay.claiming import RELAY
from integrations.relay.loop import deliver_due
from tests.integrations.builders import proposal, routed_entity, system
from tests.integrations.fakes import Clock, FakeErp

pytestmark = pytest.mark.django_db(transaction=True)
Lock = Callable[[Proposal], object]


def of_contract(document: Proposal) -> object:
    return Contract.objects.select_for_update(no_key=True).get(pk=document.contract_id)


def of_proposal(document: Proposal) -> object:
    return Proposal.objects.select_for_update(no_key=True).get(pk=document.pk)


@pytest.fixture
def backwards() -> list[Proposal]:
    """Two documents whose messages are older the later their contracts and their own ids."""
    entity: LegalEntity = routed_entity(system())
    documents = [proposal(entity), proposal(entity)]
    by_contract = sorted(documents, key=lambda document: document.contract_id)
    assert by_contract == sorted(documents, key=lambda document: document.pk)
    return by_contract[::-1]


def settle_with(backwards: Sequence[Proposal], erp: FakeErp) -> None:
    """Send both and have their outcomes owed in that order."""
    for document in backwards:
        queue_document(document.pk, revision=1, actor=RELAY)
    deliver_due(connect=erp.connect, clock=Clock())


def run_beside(lock: Lock, backwards: Sequence[Proposal]) -> int:
    """Lock the first document's row, wait until the reactions wait for it, then lock the second's."""
    last, first = backwards
    held = threading.Event()

    def react() -> int:
        held.wait(20)
        try:
            return run_reactions()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(react)
        with transaction.atomic():
            lock(first)
            held.set()
            wait_until_somebody_waits()
            lock(last)
        return done.result(30)


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if (cursor.fetchone() or [0])[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("lock", [of_contract, of_proposal])
def test_postings_wait_for_whoever_locks_by_id_instead_of_for_each_other(
    backwards: list[Proposal], lock: Lock, caplog: pytest.LogCaptureFixture
) -> None:
    settle_with(backwards, FakeErp())
    assert run_beside(lock, backwards) == 2
    assert "deadlock" not in caplog.text
    assert set(Proposal.objects.values_list("status", flat=True)) == {"posted"}


@pytest.mark.parametrize("lock", [of_contract, of_proposal])
def test_refusals_wait_for_whoever_locks_by_id_instead_of_for_each_other(
    backwards: list[Proposal], lock: Lock, caplog: pytest.LogCaptureFixture
) -> None:
    refusals = [Rejected("totals_mismatch", "Wrong sum.") for _ in backwards]
    settle_with(backwards, FakeErp(before_create=list(refusals)))
    run_beside(lock, backwards)
    assert "deadlock" not in caplog.text
    assert set(Proposal.objects.values_list("status", flat=True)) == {"draft"}


def test_releases_wait_for_whoever_locks_by_id_instead_of_for_each_other(
    backwards: list[Proposal], caplog: pytest.LogCaptureFixture
) -> None:
    with acting(Actor.system("test")):
        for document in backwards:
            facts = (document.number, document.kind, 1, document.legal_entity_id)
            released = ProposalReleased(*facts, document.gross, document.currency)
            record(document, released, legal_entity_id=document.legal_entity_id)
    assert run_beside(of_proposal, backwards) == 2
    assert "deadlock" not in caplog.text
    assert Delivery.objects.count() == 2
