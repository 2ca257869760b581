"""Each fault as the client meets it, and what it leaves in the ERP."""

import time
from collections.abc import Callable

import pytest

from integrations.sandbox_erp.administration import Chaos, Fault, FaultName, SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import ErpError, Malformed, OutcomeUnknown, Refused, Throttled
from integrations.sandbox_erp.requests import NewDocument
from tests.integrations.sandbox_erp.building import a_customer, new_invoice, posted_invoice


@pytest.fixture
def invoice(client: SandboxErpClient, company: str) -> NewDocument:
    return new_invoice(company, a_customer(client).number)


def _create_under(
    fault: Fault, client: SandboxErpClient, administration: SandboxErpAdministration, invoice: NewDocument
) -> ErpError:
    administration.script_faults([fault])
    with pytest.raises(ErpError) as error:
        client.create_document(invoice)
    return error.value


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("500", OutcomeUnknown, 0),
        ("500_after_commit", OutcomeUnknown, 1),
        ("reset", OutcomeUnknown, 1),
        ("malformed", Malformed, 1),
        ("commit_then_timeout", OutcomeUnknown, 1),
    ],
)
def test_an_unknown_outcome_is_settled_by_looking(
    impatient_client: SandboxErpClient,
    administration: SandboxErpAdministration,
    invoice: NewDocument,
    name: FaultName,
    kind: type[ErpError],
    kept: int,
) -> None:
    error = _create_under(Fault(name), impatient_client, administration, invoice)

    assert type(error) is kind
    assert len(impatient_client.find_documents(str(invoice.external_reference))) == kept


def test_a_scripted_refusal_keeps_nothing(
    client: SandboxErpClient, administration: SandboxErpAdministration, invoice: NewDocument
) -> None:
    fault = Fault("refuse", code="credit_limit", message="The credit limit is exceeded.", field="customer")

    error = _create_under(fault, client, administration, invoice)

    assert isinstance(error, Refused)
    assert (error.status, error.code, error.message, error.field) == (
        422,
        "credit_limit",
        "The credit limit is exceeded.",
        "customer",
    )
    assert client.find_documents(str(invoice.external_reference)) == ()


def test_a_scripted_closed_period_keeps_nothing(
    client: SandboxErpClient, administration: SandboxErpAdministration, invoice: NewDocument
) -> None:
    error = _create_under(Fault("closed_period"), client, administration, invoice)

    assert isinstance(error, Refused)
    assert error.code == "period_closed"
    assert client.find_documents(str(invoice.external_reference)) == ()


@pytest.mark.parametrize("name", ["429", "503"])
def test_throttling_names_the_wait_and_keeps_nothing(
    client: SandboxErpClient,
    administration: SandboxErpAdministration,
    invoice: NewDocument,
    name: FaultName,
) -> None:
    error = _create_under(Fault(name, retry_after=7), client, administration, invoice)

    assert isinstance(error, Throttled)
    assert error.retry_after == 7
    assert client.find_documents(str(invoice.external_reference)) == ()


def test_a_delay_within_patience_only_takes_time(
    client: SandboxErpClient, administration: SandboxErpAdministration, invoice: NewDocument
) -> None:
    administration.script_faults([Fault("delay", seconds=0.4)])
    started = time.monotonic()

    created = client.create_document(invoice)

    assert time.monotonic() - started >= 0.4
    assert client.find_documents(str(invoice.external_reference)) == (created,)


def test_a_delay_beyond_patience_commits_after_we_looked(
    impatient_client: SandboxErpClient, administration: SandboxErpAdministration, invoice: NewDocument
) -> None:
    """The reason why class C must not send again at once."""
    error = _create_under(Fault("delay", seconds=1.5), impatient_client, administration, invoice)

    assert isinstance(error, OutcomeUnknown)
    assert impatient_client.find_documents(str(invoice.external_reference)) == ()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if found := impatient_client.find_documents(str(invoice.external_reference)):
            break
        time.sleep(0.1)
    assert len(found) == 1


def test_faults_come_in_order_and_as_often_as_scripted(
    client: SandboxErpClient, administration: SandboxErpAdministration, invoice: NewDocument
) -> None:
    administration.script_faults([Fault("429", times=2), Fault("500_after_commit")])

    ends = [_end(lambda: client.create_document(invoice)) for _ in range(4)]

    assert ends == [Throttled, Throttled, OutcomeUnknown, None]
    assert [(row["fault"], row["times"], row["remaining"]) for row in administration.fault_script()] == [
        ("429", 2, 0),
        ("500_after_commit", 1, 0),
    ]
    assert len(client.find_documents(str(invoice.external_reference))) == 2


def test_a_fault_meets_only_its_method_and_path(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str, invoice: NewDocument
) -> None:
    posted = posted_invoice(client, company)
    administration.script_faults([Fault("500", method="POST", path_prefix=f"/api/documents/{posted.number}")])

    assert client.get_document(posted.number) == posted
    assert client.create_document(invoice).status == "draft"
    assert _end(lambda: client.post_document(posted.number)) is OutcomeUnknown
    assert client.post_document(posted.number) == posted


def test_cleared_faults_do_not_come(
    client: SandboxErpClient, administration: SandboxErpAdministration, invoice: NewDocument
) -> None:
    administration.script_faults([Fault("500", times=5)])

    administration.clear_faults()

    assert administration.fault_script() == []
    assert client.create_document(invoice).status == "draft"


def test_an_unknown_fault_refuses_the_whole_script(administration: SandboxErpAdministration) -> None:
    with pytest.raises(Refused) as refusal:
        administration.script_faults([Fault("500"), Fault("explode")])  # type: ignore[arg-type]

    assert (refusal.value.code, refusal.value.field) == ("request_invalid", "faults[1].fault")
    assert administration.fault_script() == []


def test_random_faults_repeat_with_their_seed(
    client: SandboxErpClient, administration: SandboxErpAdministration, company: str
) -> None:
    chaos = Chaos(seed=7, percent=40, faults=("429", "500", "reset"))

    runs = []
    for _ in range(2):
        administration.start_chaos(chaos)
        runs.append([_end(lambda: client.list_periods(company)) for _ in range(30)])

    assert runs[0] == runs[1]
    assert {None, Throttled, OutcomeUnknown} == set(runs[0])
    state = administration.chaos_state()
    assert (state["requests"], state["injected"]) == (30, sum(end is not None for end in runs[1]))
    administration.stop_chaos()
    assert administration.chaos_state() == {}
    assert client.list_periods(company) == ()


def _end(call: Callable[[], object]) -> type[ErpError] | None:
    try:
        call()
    except ErpError as error:
        return type(error)
    return None
