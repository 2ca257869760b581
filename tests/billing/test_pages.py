"""Billing's pages: what they show, at a constant number of queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from billing.models import BillingRun, Charge
from core.actors import Actor
from core.models import User
from tests.billing.builders import Agreement
from tests.billing.documents import run_to, tax_rule
from tests.personas import page_client

pytestmark = pytest.mark.django_db

D = Decimal
CUT_OFF = date(2026, 3, 31)


def proposed(finance: User, hours: str = "8") -> tuple[Agreement, BillingRun]:
    """A small contract with one proposal in a completed run."""
    agreement = Agreement()
    agreement.rate("150")
    tax_rule(agreement.contract)
    agreement.works(hours, date(2026, 3, 2))
    agreement.price()
    return agreement, run_to(agreement.contract, CUT_OFF, Actor.of(finance))


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (response.status_code, response.content[:400])
    return response.content.decode()


def test_every_page_opens(finance: User) -> None:
    agreement, run = proposed(finance)
    client = page_client(finance)
    proposal = run.proposals.get()
    charge = Charge.objects.get(contract=agreement.contract)
    for address in (
        "/billing/runs/",
        "/billing/runs/new/",
        f"/billing/runs/{run.number}/",
        f"/billing/runs/{run.number}/?open=1",
        f"/billing/runs/{run.number}/progress/",
        "/billing/proposals/",
        f"/billing/proposals/{proposal.number}/",
        f"/billing/proposals/{proposal.number}/hold/",
        "/billing/unbilled/",
        "/billing/charges/",
        f"/billing/charges/{charge.pk}/",
        "/billing/decisions/",
        "/rates/which/",
        f"/rates/which/?contract={agreement.contract.code}&on=2026-03-02&worker={agreement.worker.code}",
    ):
        response = client.get(address)
        assert response.status_code in (200, 286), (address, response.status_code)


@pytest.mark.parametrize("part", ["run", "review", "paper"])
def test_the_run_page_answers_its_parts(finance: User, part: str) -> None:
    _, run = proposed(finance)
    address = f"/billing/runs/{run.number}/?item={run.proposals.get().number}&open=1"
    response = page_client(finance).get(address, headers={"HX-Request": "true", "HX-Target": part})
    content = response.content.decode()
    assert f'id="{part}"' in content
    assert "<html" not in content
