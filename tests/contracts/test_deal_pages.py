"""Pages of deals: what they show and cost, completing from page and queue, deciding conflicts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Deal, FieldConflict
from core.models import ExceptionItem, User
from core.reactions import run_reactions
from tests.contracts.deals import firm, taken
from tests.factories import DealFactory, LegalEntityFactory
from tests.personas import page_client, person

pytestmark = pytest.mark.django_db


def test_the_register_costs_the_same_with_one_and_with_thirty_rows(finance: User) -> None:
    client, counts = page_client(finance), []
    for rows in (1, 29):
        DealFactory.create_batch(rows)
        client.get(reverse("deals"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("deals")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_page_lists_every_check_and_what_was_said(finance: User) -> None:
    firm()
    deal = taken(legal_entity="", lines__p1__service_line="")
    page = page_client(finance).get(reverse("deal", args=[deal.code])).content.decode()
    assert "The selling company stands for none of our legal entities" in page
    assert "Advice stands for none of our service lines." in page
    assert "Tax registration" in page and "GB980780684" in page
    assert "Complete" in page


def test_a_person_completes_a_deal_on_its_page(finance: User) -> None:
    firm()
    deal = taken(legal_entity="", tax_registration="")
    client, address = page_client(finance), reverse("deal_complete", args=[deal.code])
    form = client.get(address).content.decode()
    assert "The CRM owns this" in form and "Ardley UK" in form
    answer = client.post(address, {"legal_entity": "UK", "tax_registration": "GB980780684"})
    run_reactions()
    deal.refresh_from_db()
    assert (answer.status_code, deal.state) == (302, "converted")
    page = client.get(reverse("deal", args=[deal.code])).content.decode()
    assert deal.contract and deal.contract.code in page and "Filled in here" in page
    assert deal.code in client.get(reverse("contract", args=[deal.contract.code])).content.decode()


def test_a_person_completes_a_deal_from_the_queue(finance: User) -> None:
    firm()
    deal = taken(lines__p1__service_line="", signed_document="")
    item, client = ExceptionItem.objects.get(), page_client(finance)
    queue = client.get(reverse("exceptions"), {"item": item.number}).content.decode()
    assert f"Complete {deal.code}" in queue and "Service line of Advice" in queue
    address = reverse("deal_fix", args=[item.number])
    bad = client.post(address, {"lines.p1.service_line": "magic"})
    assert bad.status_code == 422 and Deal.objects.get().completed == {}
    client.post(address, {"lines.p1.service_line": "advisory", "signed_document": "sow.pdf"})
    run_reactions()
    item.refresh_from_db()
    assert (item.state, Deal.objects.get().state) == ("resolved", "converted")


def test_a_person_drafts_what_the_system_did_not(finance: User) -> None:
    firm()
    deal = taken()
    client, address = page_client(finance), reverse("deal_draft", args=[deal.code])
    assert "Draft contract" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    deal.refresh_from_db()
    assert deal.contract and deal.contract.versions.get().prepared_by == finance


def test_a_person_decides_whose_word_holds(finance: User) -> None:
    firm()
    deal = taken()
    run_reactions()
    taken(2, ends_on="2027-12-31")
    conflict, client = FieldConflict.objects.get(), page_client(finance)
    page = client.get(reverse("deal", args=[deal.code])).content.decode()
    assert "Both sides changed" in page and "2027-12-31" in page
    address = reverse("deal_conflict", args=[conflict.pk])
    assert client.post(address, {"kept": "both"}).status_code == 422
    assert client.post(address, {"kept": "ours", "reason": "Agreed by phone"}).status_code == 302
    conflict.refresh_from_db()
    assert (conflict.kept, ExceptionItem.objects.get().state) == ("ours", "resolved")


@pytest.mark.parametrize(
    ("role", "status"), [("pmo", 200), ("integration_support", 200), ("auditor", 200), ("consultant", 403)]
)
def test_who_sees_deals(role: str, status: int) -> None:
    deal = DealFactory.create()
    client = page_client(person(role))
    assert client.get(reverse("deals")).status_code == status
    assert client.get(reverse("deal", args=[deal.code])).status_code == status


def test_readers_change_nothing(auditor: User) -> None:
    firm()
    deal = taken(legal_entity="")
    client = page_client(auditor)
    before = Deal.objects.values().get()
    assert client.post(reverse("deal_complete", args=[deal.code]), {"legal_entity": "UK"}).status_code == 403
    assert client.post(reverse("deal_draft", args=[deal.code])).status_code == 403
    assert Deal.objects.values().get() == before


def test_deals_of_other_entities_stay_hidden_and_those_of_none_are_shown() -> None:
    own = LegalEntityFactory.create()
    DealFactory.create(code="D-OTHER")
    DealFactory.create(code="D-OWN", legal_entity=own)
    DealFactory.create(code="D-NONE", legal_entity=None)
    page = page_client(person("finance", entity=own)).get(reverse("deals")).content.decode()
    assert [code for code in ("D-OTHER", "D-OWN", "D-NONE") if code in page] == ["D-OWN", "D-NONE"]
