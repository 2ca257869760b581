"""The sweep finds what no webhook brought, and the CRM is told what became of its deals."""

import pytest

from contracts.models import Deal
from core.models import ExceptionItem
from core.reactions import run_reactions
from integrations.adapters import OutcomeUnknown
from integrations.inbox.processing import process_inbox
from integrations.inbox.sweeping import sweep_deals
from integrations.inbox.telling import tell_back
from integrations.models import InboxMessage, MirroredDeal
from tests.contracts.deals import firm
from tests.integrations.inbox.world import Source, crm_system, deliver, their_deal

pytestmark = pytest.mark.django_db


def test_the_sweep_finds_deals_that_no_webhook_brought_once() -> None:
    firm()
    system = crm_system()
    source = Source(their_deal(1, deal="OPP-1"), their_deal(2, deal="OPP-2"), their_deal(3, deal="OPP-3"))
    assert sweep_deals(system, connect=source.connect) == 3
    system.refresh_from_db()
    assert (system.cursor, Deal.objects.count()) == ("2026-11-18T09:00:03.000+00:00", 3)
    assert system.cursor_read_at is not None
    assert sweep_deals(system, connect=source.connect) == 0
    assert source.calls[-1] == "changed since 2026-11-18T08:50:03.000+00:00"


def test_a_webhook_behind_the_sweep_is_superseded() -> None:
    firm()
    system, source = crm_system(), Source(their_deal(2))
    sweep_deals(system, connect=source.connect)
    deliver(version=2)
    process_inbox(connect=source.connect)
    assert InboxMessage.objects.get().state == "superseded" and Deal.objects.count() == 1


def test_a_sweep_that_fails_moves_no_cursor() -> None:
    firm()
    system, source = crm_system(), Source(their_deal())
    source.fails = [OutcomeUnknown("500")]
    assert sweep_deals(system, connect=source.connect) == 0
    system.refresh_from_db()
    assert system.cursor == "" and not Deal.objects.exists()


def test_one_unreadable_deal_holds_back_no_other_and_is_told_until_it_is_mended() -> None:
    firm()
    system = crm_system()
    source = Source(their_deal(1, deal="OPP-1", products="many"), their_deal(2, deal="OPP-2"))
    assert sweep_deals(system, connect=source.connect) == 1
    item = ExceptionItem.objects.get(code="schema_changed")
    system.refresh_from_db()
    assert "OPP-1" in item.evidence["sentence"] and system.cursor == ""
    source.deals["OPP-1"] = their_deal(3, deal="OPP-1")
    sweep_deals(system, connect=source.connect)
    item.refresh_from_db()
    assert (item.state, Deal.objects.count()) == ("resolved", 2)


def test_a_deal_lost_in_the_crm_is_withdrawn() -> None:
    firm()
    system, source = crm_system(), Source(their_deal(1, signed_document=None))
    sweep_deals(system, connect=source.connect)
    source.deals["OPP-1"] = their_deal(2, stage="closed_lost", signed_document=None)
    system.refresh_from_db()
    sweep_deals(system, connect=source.connect)
    assert Deal.objects.get().state == "withdrawn"


def test_the_crm_is_told_contract_and_status_once_and_its_echo_is_no_news() -> None:
    firm()
    system, source = crm_system(), Source(their_deal(1))
    sweep_deals(system, connect=source.connect)
    assert tell_back(system, connect=source.connect) == 0
    run_reactions()
    contract = Deal.objects.get().contract
    assert contract is not None

    assert [tell_back(system, connect=source.connect) for _ in range(2)] == [1, 0]
    told = {"contract_code": contract.code, "project_codes": [], "delivery_status": "draft"}
    assert source.written == [("OPP-1", told)]
    deliver(version=2)
    calls = len(source.calls)
    process_inbox(connect=source.connect)
    assert InboxMessage.objects.get().state == "superseded" and len(source.calls) == calls


def test_what_could_not_be_told_is_told_later() -> None:
    firm()
    system, source = crm_system(), Source(their_deal(1))
    sweep_deals(system, connect=source.connect)
    run_reactions()
    source.fails = [OutcomeUnknown("500")]
    assert tell_back(system, connect=source.connect) == 0
    row = MirroredDeal.objects.get()
    assert (row.tell_failures, row.error, row.told) == (1, "500", {})
    assert tell_back(system, connect=source.connect) == 0
    MirroredDeal.objects.update(tell_again_at=None)
    assert tell_back(system, connect=source.connect) == 1
