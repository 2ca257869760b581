"""A worker dies at any line, for every class of system: never two documents, nothing lost."""

from collections.abc import Callable

import pytest

from billing.models import Proposal
from core.models import ExceptionItem, LegalEntity
from core.reactions import run_reactions
from integrations.actions import outcomes
from integrations.actions.deliveries import queue_document, replay_delivery
from integrations.models import Delivery, System
from integrations.relay.claiming import RELAY
from integrations.relay.loop import deliver_due
from integrations.states import AdapterClass
from tests.integrations.builders import proposal
from tests.integrations.fakes import Clock, FakeErp, WorkerDied

pytestmark = pytest.mark.django_db

POINTS = ("after_claim", "before_send", "after_send", "after_reply", "after_commit")
KINDS = {"invoice": "1000.00", "credit_note": "-1000.00"}


@pytest.fixture
def die(erp: FakeErp, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Arrange that the first worker dies at a point."""
    complete = outcomes.complete_deliveries

    def before_commit(*_: object, **__: object) -> None:
        monkeypatch.setattr(outcomes, "complete_deliveries", complete)
        raise WorkerDied

    def after_commit(*args: object, **values: object) -> None:
        monkeypatch.setattr(outcomes, "complete_deliveries", complete)
        complete(*args, **values)  # type: ignore[arg-type]
        raise WorkerDied

    def arrange(point: str) -> None:
        places = {
            "after_claim": erp.before_party,
            "before_send": erp.before_create,
            "after_send": erp.after_create,
        }
        if point in places:
            places[point].append(WorkerDied())
        else:
            late = before_commit if point == "after_reply" else after_commit
            monkeypatch.setattr(outcomes, "complete_deliveries", late)

    return arrange


def work_on(erp: FakeErp, clock: Clock) -> None:
    """Let later workers take over for a day."""
    for minutes in [3] * 5 + [60] * 24:
        clock.advance(minutes=minutes)
        deliver_due(connect=erp.connect, clock=clock)
        run_reactions()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(
    "mode", [AdapterClass.NATIVE_KEY, AdapterClass.UNIQUE_REFERENCE, AdapterClass.SEARCHABLE_REFERENCE]
)
def test_a_later_worker_brings_it_to_one_posted_document(
    target: System,
    entity: LegalEntity,
    erp: FakeErp,
    clock: Clock,
    die: Callable[[str], None],
    mode: AdapterClass,
    point: str,
    kind: str,
) -> None:
    target.adapter_class = erp.mode = mode
    target.save()
    document = proposal(entity, kind=kind, net=KINDS[kind])
    delivery = queue_document(document.pk, revision=1, actor=RELAY)
    assert delivery
    die(point)
    with pytest.raises(WorkerDied):
        deliver_due(connect=erp.connect, clock=clock)
    for _ in range(3):
        clock.advance(minutes=3)
        deliver_due(connect=erp.connect, clock=clock)
    run_reactions()
    delivery.refresh_from_db()
    document.refresh_from_db()
    assert [(found.reference, found.net) for found in erp.documents] == [
        (str(delivery.operation_id), document.net)
    ]
    assert (delivery.state, delivery.result["number"]) == ("delivered", "RE-90001")
    assert (document.status, document.erp_number) == ("posted", "RE-90001")
    assert not ExceptionItem.objects.filter(state="open").exists()


@pytest.mark.parametrize("point", POINTS)
def test_a_system_that_cannot_be_searched_is_asked_again_only_on_a_persons_word(
    target: System, entity: LegalEntity, erp: FakeErp, clock: Clock, die: Callable[[str], None], point: str
) -> None:
    target.adapter_class = erp.mode = AdapterClass.NOTHING
    target.save()
    delivery = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert delivery
    die(point)
    with pytest.raises(WorkerDied):
        deliver_due(connect=erp.connect, clock=clock)
    written = len(erp.documents)
    work_on(erp, clock)
    delivery.refresh_from_db()
    if point in {"after_claim", "after_commit"}:
        assert (delivery.state, len(erp.documents)) == ("delivered", 1)
        return
    assert (delivery.state, len(erp.documents)) == ("unknown", written)
    assert ExceptionItem.objects.filter(code="outcome_unknown", state="open").count() == 1
    if written:
        return
    replay_delivery([delivery.pk], actor=RELAY, reason="Nothing is there.", nothing_arrived=True)
    clock.now = max(clock.now, Delivery.objects.get().available_at)
    deliver_due(connect=erp.connect, clock=clock)
    delivery.refresh_from_db()
    assert (delivery.state, len(erp.documents)) == ("delivered", 1)
    assert not ExceptionItem.objects.filter(state="open").exists()


def test_a_slow_index_is_waited_for_before_anything_is_sent_again(
    target: System, entity: LegalEntity, erp: FakeErp, clock: Clock
) -> None:
    target.commit_delay_seconds = 600
    target.save()
    delivery = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert delivery
    erp.after_create.append(WorkerDied())
    erp.shows_references = False
    with pytest.raises(WorkerDied):
        deliver_due(connect=erp.connect, clock=clock)
    for _ in range(3):
        clock.advance(minutes=3)
        deliver_due(connect=erp.connect, clock=clock)
    erp.shows_references = True
    clock.advance(minutes=10)
    deliver_due(connect=erp.connect, clock=clock)
    delivery.refresh_from_db()
    assert (delivery.state, len(erp.documents), erp.calls.count("create")) == ("delivered", 1, 1)


def test_a_draft_left_behind_is_posted_and_not_written_again(
    entity: LegalEntity, erp: FakeErp, clock: Clock
) -> None:
    delivery = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert delivery
    erp.posts_at_once = False
    erp.before_finish.append(WorkerDied())
    with pytest.raises(WorkerDied):
        deliver_due(connect=erp.connect, clock=clock)
    clock.advance(minutes=3)
    deliver_due(connect=erp.connect, clock=clock)
    delivery.refresh_from_db()
    assert (delivery.state, [document.state for document in erp.documents]) == ("delivered", ["posted"])


def test_billing_learns_of_a_posting_although_the_worker_died_in_between(
    entity: LegalEntity, erp: FakeErp, clock: Clock, die: Callable[[str], None]
) -> None:
    document = proposal(entity)
    queue_document(document.pk, revision=1, actor=RELAY)
    die("after_commit")
    with pytest.raises(WorkerDied):
        deliver_due(connect=erp.connect, clock=clock)
    assert Proposal.objects.get(pk=document.pk).status == "releasing"
    run_reactions()
    run_reactions()
    assert Proposal.objects.get(pk=document.pk).status == "posted"
