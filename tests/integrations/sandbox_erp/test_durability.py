"""What the ERP has answered, it keeps: killed without warning and started again."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.sandbox_erp.administration import Fault
from integrations.sandbox_erp.errors import ErpError, OutcomeUnknown, Unreachable
from integrations.sandbox_erp.server.application import app, lifespan
from tests.integrations.sandbox_erp.building import (
    a_customer,
    a_reference,
    new_customer,
    new_invoice,
    posted_invoice,
    settings,
)
from tests.integrations.sandbox_erp.running import RunningErp


def test_everything_answered_survives_a_kill(own_erp: RunningErp) -> None:
    with own_erp.administration() as administration, own_erp.client() as client:
        administration.put_company(settings("DE01"))
        posted = posted_invoice(client, "DE01")
        customer = client.get_customer(posted.customer)
        changes = client.changes(0)
        administration.script_faults([Fault("429", times=3)])
        assert _ends_in_error(own_erp)
        script = administration.fault_script()

    own_erp.kill()
    own_erp.start()

    with own_erp.administration() as administration, own_erp.client() as client:
        assert administration.fault_script() == script
        assert script[0]["remaining"] == 2
        administration.clear_faults()
        assert client.get_document(posted.number) == posted
        assert client.get_customer(posted.customer) == customer
        assert client.changes(0) == changes
        assert posted_invoice(client, "DE01").number == "RE-DE01-90002"


def _ends_in_error(erp: RunningErp) -> bool:
    with erp.client() as client, pytest.raises(ErpError):
        client.find_customer(a_reference())
    return True


def test_a_commit_before_the_kill_is_found_after_it(own_erp: RunningErp) -> None:
    with own_erp.administration() as administration, own_erp.client(read_timeout=0.5) as client:
        administration.put_company(settings("DE01"))
        invoice = new_invoice("DE01", a_customer(client).number)
        administration.script_faults([Fault("commit_then_timeout")])
        with pytest.raises(OutcomeUnknown):
            client.create_document(invoice)

    own_erp.kill()
    own_erp.start()

    with own_erp.client() as client:
        assert len(client.find_documents(str(invoice.external_reference))) == 1


def test_killed_under_load_it_keeps_what_it_answered_without_gaps(own_erp: RunningErp) -> None:
    with own_erp.administration() as administration, own_erp.client() as client:
        administration.put_company(settings("DE01"))
        customer = a_customer(client).number
        answered: list[str] = []

        def create(position: int) -> None:
            if position == 40:
                own_erp.kill()
            try:
                answered.append(client.create_document(new_invoice("DE01", customer)).number)
            except (OutcomeUnknown, Unreachable):
                return

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(create, range(80)))

    own_erp.start()

    with own_erp.client() as client:
        kept = [document.number for document in client.list_documents("DE01", "2026-11")]
    assert len(answered) >= 30
    assert set(answered) <= set(kept)
    assert kept == [f"RE-DE01-{90001 + position}" for position in range(len(kept))]


def test_a_dead_erp_is_unreachable(own_erp: RunningErp) -> None:
    own_erp.kill()

    with own_erp.client() as client, pytest.raises(Unreachable):
        client.create_customer(new_customer())


@pytest.mark.parametrize("missing", ["SANDBOX_ERP_STORE", "SANDBOX_ERP_TOKEN"])
def test_it_does_not_start_without_its_settings(
    erp: RunningErp, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Run the application's start alone, as the server would."""
    monkeypatch.setenv("SANDBOX_ERP_STORE", str(erp.store))
    monkeypatch.setenv("SANDBOX_ERP_TOKEN", "token")
    monkeypatch.delenv(missing)

    async def start() -> None:
        async with lifespan(app):
            raise AssertionError("it started")

    # In a thread of its own: a browser test of the same process leaves a loop running in this one.
    with ThreadPoolExecutor() as threads, pytest.raises(RuntimeError, match=f"Set {missing}"):
        threads.submit(lambda: asyncio.run(start())).result()
