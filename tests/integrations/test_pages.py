"""Pages of integrations: what they show, what their forms do, and for whom."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.actors import Actor
from core.models import Event, ExceptionItem, LegalEntity, User
from core.reactions import run_reactions
from integrations.actions.breaks import propose_explanation
from integrations.actions.deliveries import queue_document
from integrations.actions.reconciliation import request_reconciliation
from integrations.adapters import OutcomeUnknown, Rejected
from integrations.models import Break, Delivery, ReconciliationRun, System
from integrations.relay.claiming import RELAY
from integrations.relay.loop import deliver_due
from integrations.relay.reconciling import reconcile
from tests.factories import LegalEntityFactory
from tests.integrations.builders import proposal, routed_entity, system
from tests.integrations.fakes import Clock, FakeErp
from tests.integrations.test_reconciliation import by_hand, theirs
from tests.personas import page_client, person

pytestmark = pytest.mark.django_db
REC = "/reconciliation/invoices/"
NOVEMBER = f"{REC}?entity=UK&period=2026-11"


@pytest.fixture
def erp() -> FakeErp:
    return FakeErp()


@pytest.fixture
def target(db: None) -> System:
    return system()


@pytest.fixture
def entity(target: System) -> LegalEntity:
    return routed_entity(target)


@pytest.fixture
def compare(target: System, entity: LegalEntity, erp: FakeErp) -> Callable[[], ReconciliationRun]:
    def run() -> ReconciliationRun:
        asked = request_reconciliation(
            target.pk, legal_entity_id=entity.pk, month=date(2026, 11, 1), actor=Actor.system("test")
        )
        return reconcile(asked.pk, connect=erp.connect)

    return run


def test_the_month_shows_equation_rows_and_the_open_pair(
    entity: LegalEntity, erp: FakeErp, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    ours = proposal(entity, status="posted", net="42180.00")
    proposal(entity, status="posted", net="18905.00")
    line = {
        "description": "Phase 1: Senior consultant",
        "quantity": "10",
        "unit_price": "4118",
        "net": "41180",
    }
    erp.documents = [
        theirs(
            ours,
            net=Decimal(41180),
            tax=Decimal(8236),
            gross=Decimal(49416),
            lines=[{**line, "tax_code": "GB20"}],
        ),
        by_hand("RE-HAND", "17500.00"),
    ]
    compare()
    html = page_client(finance).get(NOVEMBER).content.decode()
    for shown in (
        "£61,085.00",
        "£58,680.00",
        "£2,405.00",
        "Difference, 3 breaks",
        "Rate on line 1",
        "Nothing posted in ERP",
        "No invoice in billing",
        "Raised in ERP by hand",
        "−£17,500.00",
        "Sign off, 3 breaks left",
    ):
        assert shown in html, shown
    opened = page_client(finance).get(f"{NOVEMBER}&break={Break.objects.get(key=ours.number).pk}")
    pair = opened.content.decode()
    assert "<mark>4,218.00</mark>" in pair
    assert "<mark>42,180.00</mark>" in pair
    assert "Settle £1,000.00" in pair
    assert "1 against 1" in pair


def test_thirty_breaks_take_as_many_queries_as_one(
    entity: LegalEntity, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    client = page_client(finance)
    proposal(entity, status="posted")
    compare()
    client.get(NOVEMBER)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(NOVEMBER)
    for _ in range(29):
        proposal(entity, status="posted")
    compare()
    with CaptureQueriesContext(connection) as thirty:
        client.get(NOVEMBER)
    assert len(thirty) == len(one) <= 15


@pytest.mark.parametrize("show", ["matched", "explained", "excluded"])
def test_every_view_of_the_month_answers(
    entity: LegalEntity, erp: FakeErp, compare: Callable[[], ReconciliationRun], finance: User, show: str
) -> None:
    System.objects.update(tolerance=Decimal(5))
    same, near = proposal(entity, status="posted"), proposal(entity, status="posted")
    erp.documents = [
        theirs(same),
        theirs(near, net=near.net - 1, gross=near.gross - 1),
        theirs(same, number="RE-VOID", state="void"),
        by_hand("RE-DRAFT", "10.00"),
    ]
    erp.documents[-1] = erp.documents[-1].__class__(**{**vars(erp.documents[-1]), "state": "draft"})
    compare()
    html = page_client(finance).get(f"{NOVEMBER}&show={show}").content.decode()
    shown = {"matched": same.number, "explained": near.number, "excluded": "RE-DRAFT"}[show]
    assert shown in html
    csv = b"".join(page_client(finance).get(f"{NOVEMBER}&show={show}&export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert shown in csv
    assert "1 inside tolerance of £5.00" in html


def test_a_difference_is_explained_by_one_person_and_accepted_by_another(
    entity: LegalEntity, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    proposal(entity, status="posted")
    compare()
    row = Break.objects.get()
    client, other = page_client(finance), page_client(person("finance"))
    settle = f"/reconciliation/breaks/{row.pk}/settle/?entity=UK&period=2026-11"
    refused = client.post(settle, {"settlement": "accept", "why": " "})
    said = refused.content.decode()
    assert (refused.status_code, 'value="accept" checked' in said) == (422, True)
    assert '<p class="c-error" id="why-error" role="alert">Say why the difference is right.</p>' in said
    client.post(settle, {"settlement": "accept", "why": "Posted on Monday"})
    own = client.post(settle, {"settlement": "confirm"})
    assert "another person has to accept it" in own.content.decode()
    row.refresh_from_db()
    assert row.state == "proposed"
    done = other.post(settle, {"settlement": "confirm"}, follow=True)
    assert "Accepted the difference of" in done.content.decode()
    row.refresh_from_db()
    assert (row.state, row.explanation) == ("explained", "Posted on Monday")
    page = client.get(NOVEMBER).content.decode()
    for shown in ("Difference, explained", "Every difference is explained", ">Sign off</a>"):
        assert shown in page, shown
    assert "Both sides agree" not in page and "is-off" not in page
    run = ReconciliationRun.objects.get()
    asked = client.get(f"/reconciliation/runs/{run.pk}/sign-off/?entity=UK&period=2026-11")
    assert "1 difference of £1,000.00 in all" in asked.content.decode()
    assert ReconciliationRun.objects.get().signed_off_at is None
    client.post(f"/reconciliation/runs/{run.pk}/sign-off/?entity=UK&period=2026-11")
    assert ReconciliationRun.objects.get().signed_off_by == finance


def test_nothing_chosen_and_another_currency_left(
    entity: LegalEntity, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    proposal(entity, status="posted")
    euros = proposal(entity, status="posted", currency="EUR")
    compare()
    row = Break.objects.get(key=euros.number)
    client = page_client(finance)
    chosen = client.post(f"/reconciliation/breaks/{row.pk}/settle/?entity=UK&period=2026-11", {})
    assert (chosen.status_code, "Choose how to settle the break." in chosen.content.decode()) == (422, True)
    Break.objects.filter(currency="GBP").update(state="explained", explanation="Agreed")
    assert "Sign off, 1 break left" in client.get(NOVEMBER).content.decode()


def test_corrected_says_that_the_break_still_stands(
    entity: LegalEntity, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    document = proposal(entity, status="posted")
    compare()
    settle = f"/reconciliation/breaks/{Break.objects.get().pk}/settle/?entity=UK&period=2026-11"
    said = page_client(finance).post(settle, {"settlement": "compare"}, follow=True).content.decode()
    assert f"{document.number} is still there: November 2026 is compared again" in said


def test_what_was_posted_after_the_comparison_says_so_and_stands_in_one_list_only(
    entity: LegalEntity, erp: FakeErp, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    document = proposal(entity)
    queue_document(document.pk, revision=1, actor=RELAY)
    compare()
    deliver_due(connect=erp.connect, clock=Clock())
    run_reactions()
    document.refresh_from_db()
    assert document.status == "posted"
    Delivery.objects.update(finished_at=timezone.now())
    client = page_client(finance)
    page = client.get(NOVEMBER).content.decode()
    assert "Posted after this comparison" in page
    assert "Deleted in ERP" not in page
    assert document.number not in client.get(f"{NOVEMBER}&show=matched").content.decode()
    compare()
    assert "Posted after this comparison" not in client.get(NOVEMBER).content.decode()
    assert document.number in client.get(f"{NOVEMBER}&show=matched").content.decode()


def test_a_rejected_document_is_sent_again_from_its_break(
    entity: LegalEntity, erp: FakeErp, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    document = proposal(entity)
    queue_document(document.pk, revision=1, actor=RELAY)
    erp.before_create = [Rejected("customer_incomplete", "No tax registration.")]
    clock = Clock()
    deliver_due(connect=erp.connect, clock=clock)
    compare()
    row = Break.objects.get()
    assert [item.code for item in ExceptionItem.objects.all()] == ["customer_incomplete"]
    assert row.exception == ExceptionItem.objects.get()
    client = page_client(finance)
    assert "Rejected by ERP" in client.get(NOVEMBER).content.decode()
    client.post(f"/reconciliation/breaks/{row.pk}/settle/", {"settlement": "send", "why": ""})
    clock.advance(seconds=5)
    deliver_due(connect=erp.connect, clock=clock)
    run_reactions()
    compare()
    document.refresh_from_db()
    row.refresh_from_db()
    assert (document.status, row.state) == ("posted", "matched")


def test_refresh_asks_for_a_comparison_and_the_page_waits_for_it(
    entity: LegalEntity, erp: FakeErp, finance: User
) -> None:
    client = page_client(finance)
    assert "Not compared yet" in client.get(NOVEMBER).content.decode()
    client.post("/reconciliation/invoices/compare/?entity=UK&period=2026-11")
    run = ReconciliationRun.objects.get()
    progress = f"/reconciliation/runs/{run.pk}/progress/"
    assert progress in client.get(NOVEMBER).content.decode()
    waiting = client.get(progress, headers={"HX-Request": "true"})
    assert (waiting.status_code, "being compared" in waiting.content.decode()) == (200, True)
    reconcile(run.pk, connect=erp.connect)
    done = client.get(progress, headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Refresh"]) == (286, "true")


def test_a_month_is_signed_off_once_nothing_is_left(
    entity: LegalEntity, erp: FakeErp, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    document = proposal(entity, status="posted")
    run = compare()
    client = page_client(finance)
    sign_off = f"/reconciliation/runs/{run.pk}/sign-off/?entity=UK&period=2026-11"
    assert client.post(sign_off).status_code == 422
    run.refresh_from_db()
    assert run.signed_off_at is None
    erp.documents = [theirs(document)]
    run = compare()
    done = client.post(f"/reconciliation/runs/{run.pk}/sign-off/?entity=UK&period=2026-11", follow=True)
    assert f"Signed off by {finance}" in done.content.decode()


def test_people_of_another_entity_see_and_settle_nothing(
    entity: LegalEntity, compare: Callable[[], ReconciliationRun]
) -> None:
    document = proposal(entity, status="posted")
    delivery = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert delivery
    compare()
    row = Break.objects.get(key=document.number)
    stranger = page_client(person("finance", "integration_support", entity=LegalEntityFactory.create()))
    assert document.number not in stranger.get(NOVEMBER).content.decode()
    assert (
        stranger.post(
            f"/reconciliation/breaks/{row.pk}/settle/", {"settlement": "accept", "why": "x"}
        ).status_code
        == 404
    )
    assert stranger.get(f"/integrations/deliveries/{delivery.pk}/").status_code == 404
    assert delivery.aggregate_label not in stranger.get("/integrations/").content.decode()
    row.refresh_from_db()
    assert row.state == "open"


def test_systems_and_messages_are_shown_with_their_figures(
    entity: LegalEntity, erp: FakeErp, integration_support: User
) -> None:
    first = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    second = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert first and second
    erp.before_create = [Rejected("period_closed", "November is closed.")]
    deliver_due(connect=erp.connect, clock=Clock())
    client = page_client(integration_support)
    html = client.get("/integrations/").content.decode()
    for shown in ("The ERP", "Answers", "Needs a person", "November is closed.", "RE-90001", "Delivered"):
        assert shown in html, shown
    stuck = client.get("/integrations/?stuck=true").content.decode()
    assert (first.aggregate_label in stuck, second.aggregate_label in stuck) == (True, False)
    page = client.get(f"/integrations/deliveries/{first.pk}/").content.decode()
    for shown in ("period_closed", "Send again", "Give up", str(first.operation_id)):
        assert shown in page, shown


def test_a_message_is_sent_again_only_with_a_reason(
    entity: LegalEntity, erp: FakeErp, integration_support: User
) -> None:
    delivery = queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    assert delivery
    erp.before_create = [Rejected("period_closed", "November is closed.")]
    deliver_due(connect=erp.connect, clock=Clock())
    client = page_client(integration_support)
    refused = client.post(f"/integrations/deliveries/{delivery.pk}/replay/", {"reason": " "})
    assert (refused.status_code, "Say why." in refused.content.decode()) == (422, True)
    delivery.refresh_from_db()
    assert delivery.state == "rejected"
    client.post(f"/integrations/deliveries/{delivery.pk}/replay/", {"reason": "November is open again"})
    delivery.refresh_from_db()
    replayed = Event.objects.get(type="delivery.replayed")
    assert (delivery.state, replayed.reason) == ("pending", "November is open again")


def test_many_messages_are_sent_again_at_once(
    entity: LegalEntity, erp: FakeErp, integration_support: User
) -> None:
    for _ in range(3):
        queue_document(proposal(entity).pk, revision=1, actor=RELAY)
    erp.before_create = [Rejected("period_closed", "November is closed.") for _ in range(3)]
    deliver_due(connect=erp.connect, clock=Clock())
    chosen = [str(row.pk) for row in Delivery.objects.all()[:2]]
    client = page_client(integration_support)
    asked = client.post("/integrations/replay/", {"selected": chosen})
    assert "Send 2 messages again" in asked.content.decode()
    client.post("/integrations/replay/", {"selected": chosen, "decided": "1", "reason": "Open again"})
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["pending", "pending", "rejected"]


def test_giving_a_message_up_returns_the_document_to_billing(
    entity: LegalEntity, erp: FakeErp, finance: User
) -> None:
    document = proposal(entity)
    delivery = queue_document(document.pk, revision=1, actor=RELAY)
    assert delivery
    erp.before_create = [OutcomeUnknown("timed out")]
    deliver_due(connect=erp.connect, clock=Clock())
    page_client(finance).post(
        f"/integrations/deliveries/{delivery.pk}/waive/", {"reason": "Bill it in December"}
    )
    run_reactions()
    document.refresh_from_db()
    delivery.refresh_from_db()
    assert (delivery.state, document.status, document.refusal) == (
        "waived",
        "draft",
        "Not sent: Bill it in December",
    )
    assert [item.code for item in ExceptionItem.objects.filter(state="open")] == ["message_given_up"]
    shown = page_client(finance).get(f"/billing/proposals/{document.number}/").content.decode()
    assert ("Given up before the ERP took it: Bill it in December" in shown, "ERP refused" in shown) == (
        True,
        False,
    )


def test_pausing_a_system_needs_the_role_and_a_reason(
    target: System, integration_support: User, finance: User
) -> None:
    pause = f"/integrations/systems/{target.pk}/pause/"
    assert page_client(finance).post(pause, {"reason": "x"}).status_code == 403
    support = page_client(integration_support)
    assert support.post(pause, {"reason": ""}).status_code == 422
    target.refresh_from_db()
    assert target.paused_by == ""
    support.post(pause, {"reason": "Maintenance tonight"})
    assert "Maintenance tonight" in support.get("/integrations/").content.decode()
    support.post(f"/integrations/systems/{target.pk}/resume/")
    target.refresh_from_db()
    assert (target.paused_by, target.pause_reason) == ("", "")
    assert list(Event.objects.order_by("seq").values_list("type", flat=True)) == [
        "system.paused",
        "system.resumed",
    ]


def test_the_proposer_sees_why_he_cannot_accept(
    entity: LegalEntity, compare: Callable[[], ReconciliationRun], finance: User
) -> None:
    proposal(entity, status="posted")
    compare()
    propose_explanation(Break.objects.get().pk, explanation="Timing", actor=Actor.of(finance))
    html = page_client(finance).get(NOVEMBER).content.decode()
    assert "You proposed this: another person decides" in html
