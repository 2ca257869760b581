"""Who may see and do what in billing, through pages and API alike."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from billing.models import Adjustment, Charge, Hold, TaxCode
from billing.queries.visibility import visible_charges, visible_proposals, visible_runs
from core.actors import Actor
from core.models import User
from projects.models import Project
from tests.billing.documents import run_to
from tests.billing.firms import proposed, worked
from tests.personas import api_client, page_client, person

pytestmark = pytest.mark.django_db


def test_people_of_another_entity_see_nothing(finance: User) -> None:
    _, run, proposal = proposed(finance)
    other = worked()
    stranger = person("finance", entity=other.contract.legal_entity)
    client, api = page_client(stranger), api_client(stranger)
    charge = Charge.objects.get(contract=proposal.contract)
    for address in (
        f"/billing/runs/{run.number}/",
        f"/billing/proposals/{proposal.number}/",
        f"/billing/proposals/{proposal.number}/hold/",
        f"/billing/charges/{charge.pk}/",
    ):
        assert client.get(address).status_code == 404, address
    for name, key in (
        ("billing-runs", run.number),
        ("proposals", proposal.number),
        ("charges", str(charge.pk)),
    ):
        assert api.get(f"/api/v1/{name}/{key}").status_code == 404, name
    assert [one.contract for one in visible_charges(stranger)] == [other.contract]
    assert not visible_proposals(stranger).exists()
    assert not visible_runs(stranger).exists()


def test_a_project_manager_sees_own_projects_and_no_runs(finance: User, project_manager: User) -> None:
    mine, _, proposal = proposed(finance)
    proposed(finance)
    Project.objects.filter(pk=mine.project.pk).update(manager=project_manager.worker)
    assert [one.contract for one in visible_charges(project_manager)] == [mine.contract]
    assert [one.pk for one in visible_proposals(project_manager)] == [proposal.pk]
    assert not visible_runs(project_manager).exists()
    assert page_client(project_manager).get("/billing/runs/").status_code == 403


def test_a_project_manager_decides_about_own_work_only(project_manager: User) -> None:
    mine, other = worked(), worked()
    Project.objects.filter(pk=mine.project.pk).update(manager=project_manager.worker)
    foreign = Charge.objects.get(contract=other.contract)
    refused = api_client(project_manager).post(
        "/api/v1/holds",
        {"charge": str(foreign.pk), "reason": "mine now"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert refused.status_code == 404
    assert (
        page_client(project_manager).post(f"/billing/charges/{foreign.pk}/hold/", {"reason": "x"}).status_code
        == 404
    )
    assert not Hold.objects.exists()
    own = Charge.objects.get(contract=mine.contract)
    assert (
        page_client(project_manager).post(f"/billing/charges/{own.pk}/hold/", {"reason": "x"}).status_code
        == 302
    )
    assert Hold.objects.get().contract == mine.contract


@pytest.mark.parametrize("reader", ["auditor", "executive"])
def test_readers_read_and_change_nothing(finance: User, reader: str) -> None:
    _, run, proposal = proposed(finance)
    user = person(reader)
    client = page_client(user)
    assert client.get(f"/billing/runs/{run.number}/").status_code == 200
    assert client.get(f"/billing/proposals/{proposal.number}/").status_code == 200
    for verb in ("submit", "approve", "release", "hold", "unhold", "return", "discard", "note"):
        refused = client.post(
            f"/billing/proposals/{proposal.number}/{verb}/", {"reason": "because", "comment": "because"}
        )
        assert refused.status_code == 403, verb
        proposal.refresh_from_db()
        assert (proposal.status, proposal.on_hold, proposal.notes.count()) == ("draft", False, 0)


def test_a_consultant_opens_no_billing_page(consultant: User) -> None:
    client = page_client(consultant)
    for address in (
        "/billing/runs/",
        "/billing/proposals/",
        "/billing/unbilled/",
        "/billing/charges/",
        "/billing/decisions/",
        "/rates/which/",
    ):
        assert client.get(address).status_code == 403, address


def test_buttons_nobody_of_a_role_may_press_are_not_shown(
    finance: User, finance_lead: User, auditor: User
) -> None:
    proposed(finance)
    shown = {
        user.last_name: [
            button
            for button in ("proposals/submit/", "proposals/approve/")
            if button in page_client(user).get("/billing/proposals/").content.decode()
        ]
        for user in (finance, finance_lead, auditor)
    }
    assert shown == {
        "finance": ["proposals/submit/"],
        "finance lead": ["proposals/submit/", "proposals/approve/"],
        "auditor": [],
    }


def test_stewards_keep_tax_codes_and_only_read_documents(finance: User, data_steward: User) -> None:
    _, _, proposal = proposed(finance)
    client = page_client(data_steward)
    code = TaxCode.objects.get(code="T20")
    said = {"code": "T20", "name": "VAT", "percent": "21", "legal_text": ""}
    assert client.post(f"/admin/billing/taxcode/{code.pk}/change/", said).status_code == 302
    code.refresh_from_db()
    assert (code.name, str(code.percent)) == ("VAT", "21.0000")
    newest = code.history.order_by("-history_date").first()
    assert newest is not None
    assert newest.history_user_id == f"user:{data_steward.pk}"
    assert client.get(f"/admin/billing/proposal/{proposal.pk}/change/").status_code == 200
    for address in (
        f"/admin/billing/proposal/{proposal.pk}/delete/",
        "/admin/billing/proposal/add/",
        "/admin/billing/charge/add/",
        "/admin/billing/payment/add/",
    ):
        assert client.post(address, {"post": "yes"}).status_code == 403, address
    assert client.post(f"/admin/billing/proposal/{proposal.pk}/change/", {"number": "X"}).status_code == 403
    assert type(proposal).objects.get(pk=proposal.pk).number == proposal.number


def test_nobody_signed_out_gets_anything() -> None:
    assert Client().get("/billing/runs/").status_code == 302
    assert Client().get("/api/v1/charges").status_code in (401, 403)


def test_maker_is_not_checker_on_the_run_page(finance_lead: User) -> None:
    agreement = worked()
    run = run_to(agreement.contract, date(2026, 3, 31), Actor.of(finance_lead))
    proposal = run.proposals.get()
    client = page_client(finance_lead)
    client.post(f"/billing/runs/{run.number}/submit/", {"selected": [str(proposal.pk)]})
    page = client.get(f"/billing/runs/{run.number}/").content.decode()
    assert "You prepared this run, so a second person approves it." in page
    assert f'value="{proposal.pk}"' not in page
    refused = client.post(f"/billing/runs/{run.number}/approve/", {"selected": [str(proposal.pk)]})
    assert refused.status_code == 403
    assert f"You prepared {proposal.number}, so a second person approves it." in refused.content.decode()
    proposal.refresh_from_db()
    assert (proposal.status, proposal.approved_by) == ("in_review", None)


def test_maker_is_not_checker_on_the_decisions_page(finance_lead: User) -> None:
    charge = Charge.objects.get(contract=worked().contract)
    client = page_client(finance_lead)
    asked = {"kind": "write_off", "code": "quality", "reason": "our mistake"}
    assert client.post(f"/billing/charges/{charge.pk}/adjust/", asked).status_code == 302
    adjustment = Adjustment.objects.get()
    refused = client.post("/billing/decisions/approve/", {"selected": [str(adjustment.pk)]})
    assert refused.status_code == 403
    adjustment.refresh_from_db()
    assert (adjustment.status, adjustment.approved_by) == ("submitted", None)
    other = page_client(person("finance_lead"))
    assert other.post("/billing/decisions/approve/", {"selected": [str(adjustment.pk)]}).status_code == 302
    adjustment.refresh_from_db()
    assert adjustment.status == "approved"
