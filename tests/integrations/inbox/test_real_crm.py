"""The real sandbox CRM and our side of it: our adapter reads, sweeps and writes back over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from contracts.models import Deal
from core.reactions import run_reactions
from integrations.inbox.processing import process_inbox
from integrations.inbox.sweeping import sweep_deals
from integrations.inbox.telling import tell_back
from integrations.models import System
from integrations.sandbox_crm.adapter import SandboxCrmAdapter
from tests.contracts.deals import firm
from tests.integrations.inbox.world import crm_system, deliver
from tests.integrations.sandbox_crm.building import deal_fields
from tests.integrations.sandbox_crm.running import RunningCrm

pytestmark = pytest.mark.django_db


def test_a_deal_closed_in_the_crm_becomes_a_contract_that_the_crm_knows(own_crm: RunningCrm) -> None:
    @contextmanager
    def connect(system: System) -> Iterator[SandboxCrmAdapter]:
        with own_crm.client() as client:
            yield SandboxCrmAdapter(client)

    firm()
    system = crm_system()
    with own_crm.administration() as office:
        opened = office.open_deal(deal_fields())
        assert sweep_deals(system, connect=connect) == 1
        assert not Deal.objects.exists()
        won = office.move_deal(opened.id, "closed_won")
    deliver("evt_9", won.version, won.id)
    process_inbox(connect=connect)
    run_reactions()
    assert tell_back(system, connect=connect) == 1

    contract = Deal.objects.get().contract
    assert contract is not None
    with own_crm.client() as client:
        told = client.get_deal(won.id)
    assert (told.body["contract_code"], told.body["delivery_status"]) == (contract.code, "draft")
    system.refresh_from_db()
    assert sweep_deals(system, connect=connect) == 0
    assert tell_back(system, connect=connect) == 0
