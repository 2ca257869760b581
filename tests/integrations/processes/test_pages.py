"""The pages and the API of processes: what they show, to whom, and having one go on."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.urls import reverse

from contracts.models import Contract
from core.models import Event, ExceptionItem
from integrations.adapters import Rejected
from integrations.models import Process
from tests.document_factories import ProcessFactory
from tests.integrations.fakes import FakeErp
from tests.personas import api_client, page_client, person

pytestmark = pytest.mark.django_db
Run = Callable[[], int]


@pytest.fixture
def waiting(process: Process, erp: FakeErp, run: Run) -> Process:
    """An activation that waits because the ERP finds the customer incomplete."""
    sentence = "Customer C-1 has no tax registration."
    erp.refused_parties.append(Rejected("customer_incomplete", sentence, "customer.tax_registration"))
    run()
    process.refresh_from_db()
    return process


def test_the_register_says_where_each_stands_and_whom_it_waits_for(waiting: Process) -> None:
    text = page_client(person("pmo")).get(reverse("processes")).content.decode()
    for part in ("C-2001", waiting.party, "Waits for a person", "has no tax registration", "Data steward"):
        assert part in text


@pytest.mark.parametrize("count", [1, 30])
def test_the_register_asks_as_much_for_thirty_as_for_one(
    count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    ProcessFactory.create_batch(count)
    client = page_client(person("pmo"))
    client.get(reverse("processes"))
    with django_assert_num_queries(8):  # type: ignore[attr-defined]
        client.get(reverse("processes"))


def test_the_page_shows_steps_tries_results_and_a_way_on(waiting: Process, contract: Contract) -> None:
    text = page_client(person("pmo")).get(reverse("process", args=[waiting.pk])).content.decode()
    project = contract.projects.get()
    for part in (
        "Customer C-1 has no tax registration.",
        reverse("project", args=[project.code]),
        reverse("contract", args=["C-2001"]),
        ExceptionItem.objects.get().number,
        "Try again now",
        "1 try",
    ):
        assert part in text


def test_pressing_the_button_has_it_go_on_where_it_stopped(waiting: Process, erp: FakeErp, run: Run) -> None:
    erp.refused_parties.clear()
    client = page_client(person("integration_support"))
    answer = client.post(reverse("process_resume", args=[waiting.pk]))
    assert answer.headers["Location"] == reverse("process", args=[waiting.pk])
    run()
    waiting.refresh_from_db()
    assert waiting.state == "done"


def test_an_auditor_sees_but_does_not_resume(waiting: Process) -> None:
    client = page_client(person("auditor"))
    assert "Try again now" not in client.get(reverse("process", args=[waiting.pk])).content.decode()
    before = Event.objects.count()
    assert client.post(reverse("process_resume", args=[waiting.pk])).status_code == 403
    assert Event.objects.count() == before


def test_the_contract_page_and_the_trace_lead_to_it(waiting: Process) -> None:
    client, way = page_client(person("pmo")), reverse("contract_activation", args=["C-2001"])
    assert way in client.get(reverse("contract", args=["C-2001"])).content.decode()
    assert client.get(way).headers["Location"] == reverse("process", args=[waiting.pk])
    none = client.get(reverse("contract_activation", args=["C-1"])).headers["Location"]
    assert none == f"{reverse('processes')}?q=C-1"
    for asked in ("C-2001", waiting.correlation):
        text = client.get(reverse("trace"), {"q": asked}).content.decode()
        assert reverse("process", args=[waiting.pk]) in text


def test_the_exception_completes_the_customer_and_has_the_process_go_on(
    waiting: Process, erp: FakeErp, run: Run
) -> None:
    item = ExceptionItem.objects.get()
    client = page_client(person("data_steward"))
    shown = client.get(reverse("exception", args=[item.number]), follow=True).content.decode()
    assert "the activation goes on where it stopped" in shown
    erp.refused_parties.clear()
    answer = client.post(
        reverse("fix_customer", args=[item.number]),
        {
            "name": "Completed Ltd",
            "street": "1 High Street",
            "postal_code": "N1 1AA",
            "city": "London",
            "country": "GB",
            "tax_registration": "GB980780684",
        },
    )
    assert answer.status_code in {200, 302}
    run()
    waiting.refresh_from_db()
    assert waiting.state == "done"
    assert erp.customers[0].name != "Completed Ltd"
    assert ExceptionItem.objects.get().state == "resolved"


def test_the_api_lists_filters_and_resumes(waiting: Process, erp: FakeErp, run: Run) -> None:
    client = api_client(person("finance"))
    listed = client.get("/api/v1/processes", {"state": "waiting"}).json()["results"]
    assert [(one["subject_label"], len(one["steps"])) for one in listed] == [("C-2001", 4)]
    assert client.get("/api/v1/processes", {"state": "done"}).json()["results"] == []
    erp.refused_parties.clear()
    address = f"/api/v1/processes/{waiting.pk}/resume"
    assert client.post(address, {}, format="json").status_code == 400
    answer = client.post(
        address, {"reason": "Completed in the ERP"}, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid4())
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "running")
    run()
    assert client.get(f"/api/v1/processes/{waiting.pk}").json()["state"] == "done"


def test_the_api_gives_a_process_up_with_a_reason_only(waiting: Process, contract: Contract) -> None:
    client = api_client(person("pmo"))
    address = f"/api/v1/processes/{waiting.pk}/cancel"
    refused = client.post(address, {}, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_required")
    assert contract.projects.get().status == "provisioning"
    answer = client.post(
        address, {"reason": "Signed with another entity"}, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid4())
    )
    assert answer.json()["state"] == "cancelled"
    assert contract.projects.get().status == "cancelled"
