"""What a deal's page tells of the system it came from, and what the administration shows."""

import pytest
from django.test import Client
from django.urls import reverse

from contracts.models import Deal
from core.models import User
from core.reactions import run_reactions
from integrations.inbox.processing import process_inbox
from integrations.inbox.telling import tell_back
from integrations.models import MappingVersion
from tests.contracts.deals import firm
from tests.integrations.inbox.world import RULES, SAMPLE, Source, crm_system, deliver, their_deal
from tests.integrations.sandbox_crm.building import SECRET
from tests.personas import page_client

pytestmark = pytest.mark.django_db


def arrived() -> Deal:
    firm()
    system, source = crm_system(), Source(their_deal())
    deliver()
    process_inbox(connect=source.connect)
    run_reactions()
    tell_back(system, connect=source.connect)
    return Deal.objects.get()


def test_the_page_shows_message_state_and_what_the_crm_was_told(integration_support: User) -> None:
    deal = arrived()
    page = page_client(integration_support).get(reverse("deal", args=[deal.code])).content.decode()
    assert "evt_1" in page and "OPP-1, version 2" in page and "Ardley Consulting UK" in page
    assert deal.contract and f"{deal.contract.code}, no projects, draft" in page


def test_those_who_do_not_look_at_integrations_see_no_messages(pmo: User) -> None:
    deal = arrived()
    assert "evt_1" not in page_client(pmo).get(reverse("deal", args=[deal.code])).content.decode()


def test_the_administration_shows_no_secret(data_steward: User) -> None:
    arrived()
    client = Client()
    client.force_login(data_steward)
    for name in ("credential", "inboxmessage", "mirroreddeal", "mappingversion"):
        page = client.get(reverse(f"admin:integrations_{name}_changelist"))
        assert page.status_code == 200 and SECRET not in page.content.decode()


def test_a_steward_puts_a_mapping_in_force_when_its_samples_pass(data_steward: User) -> None:
    system = crm_system()
    good = MappingVersion.objects.create(system=system, number=2, rules=RULES, samples=[SAMPLE])
    bad = MappingVersion.objects.create(system=system, number=3, rules={}, samples=[SAMPLE])
    client = Client()
    client.force_login(data_steward)
    address = reverse("admin:integrations_mappingversion_changelist")
    answers = {}
    for mapping in (bad, good):
        posted = {"action": "put_in_force", "_selected_action": [str(mapping.pk)]}
        answers[mapping.number] = client.post(address, posted, follow=True).content.decode()
    assert "expected UK" in answers[3] and "mapping 2 is in force" in answers[2]
    states = dict(MappingVersion.objects.values_list("number", "state"))
    assert states == {1: "retired", 2: "active", 3: "draft"}
