"""Billing's pages: what they show, what they change, at a constant number of queries."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Adjustment, BillingRun, Charge, Hold, Proposal
from billing.tasks import advance_runs
from core.models import User
from tests.billing.firms import proposed, worked
from tests.document_factories import (
    AdjustmentFactory,
    BillingRunFactory,
    ChargeFactory,
    ProposalFactory,
    ProposalLineFactory,
)
from tests.factories import ExceptionItemFactory
from tests.personas import page_client

pytestmark = pytest.mark.django_db

D = Decimal
HTMX = {"HX-Request": "true"}


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def test_every_page_opens(finance: User) -> None:
    agreement, run, proposal = proposed(finance)
    client = page_client(finance)
    charge = Charge.objects.get(contract=agreement.contract)
    for address in (
        "/billing/runs/",
        "/billing/runs/new/",
        f"/billing/runs/{run.number}/",
        f"/billing/runs/{run.number}/?open=1",
        "/billing/proposals/",
        f"/billing/proposals/{proposal.number}/?open=all",
        f"/billing/proposals/{proposal.number}/hold/",
        "/billing/unbilled/",
        f"/billing/charges/?source={charge.source_id}",
        f"/billing/charges/{charge.pk}/",
        f"/billing/charges/{charge.pk}/adjust/",
        "/billing/decisions/",
        "/rates/which/",
        f"/rates/which/?contract={agreement.contract.code}&on=2026-03-02&worker={agreement.worker.code}",
    ):
        text_of(client, address)


@pytest.mark.parametrize("part", ["run", "review", "paper"])
def test_the_run_page_answers_its_parts(finance: User, part: str) -> None:
    _, run, proposal = proposed(finance)
    address = f"/billing/runs/{run.number}/?item={proposal.number}&open=1"
    content = page_client(finance).get(address, headers={**HTMX, "HX-Target": part}).content.decode()
    assert f'id="{part}"' in content
    assert "<html" not in content


def test_a_run_is_previewed_then_started(finance: User) -> None:
    agreement = worked()
    code = agreement.contract.legal_entity.code
    asked = {"legal_entity": code, "cut_off": "2026-03-31", "document_date": "2026-03-31"}
    client = page_client(finance)
    shown = client.post("/billing/runs/new/", {**asked, "preview": "1"}).content.decode()
    assert "The run would propose 1 document, £1,200.00" in shown
    assert not BillingRun.objects.exists()
    unseen = client.post("/billing/runs/new/", {**asked, "start": "1"}).content.decode()
    assert "The dates changed since the preview" in unseen
    assert not BillingRun.objects.exists()
    seen = f"{code}:2026-03-31:2026-03-31"
    started = client.post("/billing/runs/new/", {**asked, "start": "1", "previewed": seen})
    run = BillingRun.objects.get()
    assert (started["Location"], run.status) == (f"/billing/runs/{run.number}/", "running")
    pulse = f"/billing/runs/{run.number}/progress/?seen=running-0-0"
    assert client.get(pulse).status_code == 204
    assert "0 of 1" in text_of(client, f"/billing/runs/{run.number}/progress/")
    advance_runs()
    ended = client.get(pulse)
    assert (ended.status_code, "stateChanged" in ended["HX-Trigger"]) == (286, True)
    assert "1 ready" in text_of(client, f"/billing/runs/{run.number}/")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"cut_off": "2026-03-31", "document_date": "2026-03-30"}, "lies before the last work date"),
        ({"cut_off": "31 March", "document_date": "2026-03-31"}, "Enter a valid date."),
        ({"cut_off": "2026-03-31"}, "This field is required."),
    ],
)
def test_dates_that_make_no_run_get_a_sentence(finance: User, asked: dict[str, str], sentence: str) -> None:
    code = worked().contract.legal_entity.code
    answer = page_client(finance).post("/billing/runs/new/", {"legal_entity": code, "preview": "1", **asked})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not BillingRun.objects.exists()


def test_the_way_of_a_document_without_script(finance: User, finance_lead: User) -> None:
    _, run, proposal = proposed(finance)
    prepares, approves = page_client(finance), page_client(finance_lead)
    address, selected = f"/billing/runs/{run.number}/", {"selected": [str(proposal.pk)]}
    page = text_of(prepares, address)
    assert "Send 1 for approval" in page
    assert "You prepared this run, so a second person approves it." in page
    assert prepares.post(f"{address}submit/", selected)["Location"] == address
    assert "Approve 1" in text_of(approves, address)
    assert approves.post(f"{address}approve/", selected)["Location"] == address
    dialog = prepares.get(f"{address}release/", selected).content.decode()
    assert "Release 1 document to the ERP" in dialog
    assert f"GBP\N{NO-BREAK SPACE}{proposal.gross:,.2f}. The ERP posts" in dialog
    assert prepares.post(f"{address}release/", selected)["Location"] == address
    proposal.refresh_from_db()
    assert (proposal.status, proposal.prepared_by, proposal.approved_by) == (
        "releasing",
        finance,
        finance_lead,
    )
    assert "1 released" in text_of(prepares, address)


def test_a_release_of_some_lists_why_the_others_stayed(finance: User, finance_lead: User) -> None:
    _, run, proposal = proposed(finance)
    ids = {"selected": [str(proposal.pk)]}
    address = f"/billing/runs/{run.number}/"
    page_client(finance).post(f"{address}submit/", ids)
    page_client(finance_lead).post(f"{address}approve/", ids)
    held = ProposalFactory.create(
        run=run, contract=proposal.contract, approved=True, on_hold=True, hold_reason="Asked for a call"
    )
    client = page_client(finance)
    both = {"selected": [str(proposal.pk), str(held.pk)]}
    answer = client.post(f"{address}release/", both, headers={"HX-Request": "true"})
    assert (answer.status_code, "1 released, 1 not" in answer["HX-Trigger"]) == (204, True)
    assert set(run.proposals.values_list("number", "status")) == {
        (proposal.number, "releasing"),
        (held.number, "approved"),
    }
    listed = f'/billing/proposals/{held.number}/">{held.number}</a> is on hold: Asked for a call'
    swapped = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert ("1 not released" in swapped, swapped.count(listed)) == (True, 1)
    client.post(f"{address}release/", both)
    again = client.get(address).content.decode()
    assert (again.count(listed), f"/billing/proposals/{held.number}/release/" in again) == (1, True)


def test_documents_with_failing_checks_are_approved_only_when_told_of_them(
    finance: User, finance_lead: User
) -> None:
    _, run, proposal = proposed(finance)
    ids = {"selected": [str(proposal.pk)]}
    address = f"/billing/runs/{run.number}/"
    page_client(finance).post(f"{address}submit/", ids)
    ExceptionItemFactory.create(title="Break", contract_id=proposal.contract_id, blocks_release=True)
    client = page_client(finance_lead)
    asked = client.post(f"{address}approve/", ids, headers=HTMX).content.decode()
    assert ("Approve 1 document with failing checks" in asked, f"{proposal.number}: Break" in asked) == (
        True,
        True,
    )
    assert Proposal.objects.get().status == "in_review"
    assert f'name="selected" value="{proposal.pk}"' in asked
    assert client.post(f"{address}approve/", {**ids, "confirmed": "yes"}, headers=HTMX).status_code == 204
    assert Proposal.objects.get().status == "approved"


def test_what_blocks_a_release_is_led_to(finance: User, finance_lead: User) -> None:
    _, run, proposal = proposed(finance)
    ids = {"selected": [str(proposal.pk)]}
    address = f"/billing/runs/{run.number}/"
    page_client(finance).post(f"{address}submit/", ids)
    page_client(finance_lead).post(f"{address}approve/", ids)
    item = ExceptionItemFactory.create(
        title="<b>Break</b>", contract_id=proposal.contract_id, blocks_release=True
    )
    client = page_client(finance)
    client.post(f"{address}release/", ids)
    link = f'<a class="u-id" href="/exceptions/{item.number}/">{item.number}</a> &lt;b&gt;Break&lt;/b&gt;.'
    assert client.get(address).content.decode().count(link) == 1


def test_a_step_on_documents_that_moved_is_refused(finance: User) -> None:
    _, run, proposal = proposed(finance)
    client = page_client(finance)
    old = {"selected": [str(proposal.pk)], "seen": [f"{proposal.pk}:{proposal.version - 1}"]}
    refused = client.post(f"/billing/runs/{run.number}/submit/", old)
    assert refused.status_code == 412
    assert f"{proposal.number} changed since you looked" in refused.content.decode()
    assert Proposal.objects.get(pk=proposal.pk).status == "draft"


def test_holding_answers_with_a_toast_and_its_undo(finance: User) -> None:
    _, _, proposal = proposed(finance)
    client, address = page_client(finance), f"/billing/proposals/{proposal.number}/"
    empty = client.post(f"{address}hold/", {}, headers=HTMX)
    assert (empty.status_code, "This field is required." in empty.content.decode()) == (422, True)
    held = client.post(f"{address}hold/", {"reason": "disputed"}, headers=HTMX)
    assert held.status_code == 204
    assert f'"undo": "{address}unhold/"' in held["HX-Trigger"]
    assert Proposal.objects.get().hold_reason == "disputed"
    assert client.post(f"{address}unhold/", {}, headers=HTMX).status_code == 204
    assert Proposal.objects.get().on_hold is False


def test_a_verb_that_the_state_refuses_says_so_in_the_dialog(finance: User) -> None:
    _, _, proposal = proposed(finance)
    refused = page_client(finance).post(f"/billing/proposals/{proposal.number}/release/", {}, headers=HTMX)
    assert refused.status_code == 422
    assert f"{proposal.number} is draft and cannot become releasing." in refused.content.decode()
    assert Proposal.objects.get().status == "draft"


def test_work_is_held_and_decided_about_on_its_charge(finance: User) -> None:
    charge = Charge.objects.get(contract=worked().contract)
    client, address = page_client(finance), f"/billing/charges/{charge.pk}/"
    assert client.post(f"{address}hold/", {"reason": "disputed"}).status_code == 302
    assert Hold.objects.get().reason == "disputed"
    assert "disputed" in text_of(client, address)
    assert client.post(f"{address}unhold/").status_code == 302
    assert Hold.objects.get().released_by == finance
    asked = {"kind": "write_down", "amount": "", "code": "goodwill", "reason": "agreed"}
    wrong = client.post(f"{address}adjust/", asked)
    assert (wrong.status_code, "Give the amount as a positive number." in wrong.content.decode()) == (
        422,
        True,
    )
    assert not Adjustment.objects.exists()
    assert client.post(f"{address}adjust/", {**asked, "amount": "200"}).status_code == 302
    assert Adjustment.objects.get().amount == D("200")


def test_the_register_sums_what_the_filter_keeps_and_exports_it(finance: User) -> None:
    _, _, first = proposed(finance)
    _, _, other = proposed(finance, "4")
    client = page_client(finance)
    page = text_of(client, f"/billing/proposals/?q={first.number}")
    assert first.number in page
    assert other.number not in page
    assert page.count("£1,200.00") == 2
    everything = client.get("/billing/proposals/?export=csv")
    rows = b"".join(everything.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 3
    assert f"{first.number},Invoice," in rows[2]


def test_a_filter_that_is_not_understood_shows_no_rows(finance: User) -> None:
    proposed(finance)
    page = text_of(page_client(finance), "/billing/charges/?since=yesterday")
    assert "Worked from: Enter a valid date." in page
    assert "data-row" not in page


def test_unbilled_figures_lead_to_the_charges_they_count(finance: User) -> None:
    agreement = worked()
    code = agreement.contract.code
    page = text_of(page_client(finance), "/billing/unbilled/")
    assert f'href="/billing/charges/?contract={code}&amp;status=open&amp;billable=true' in page
    charges = text_of(
        page_client(finance), f"/billing/charges/?contract={code}&status=open&billable=true&until=2026-10-01"
    )
    assert charges.count("data-row") == 1


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        text_of(client, address)
    return len(captured)


def add_rows(run: BillingRun, count: int) -> None:
    """Add documents with a line and a charge to the run, runs, open charges and decisions."""
    for _ in range(count):
        proposal = ProposalFactory.create(run=run, contract__legal_entity=run.legal_entity)
        line = ProposalLineFactory.create(proposal=proposal)
        ChargeFactory.create(contract=proposal.contract, status="proposed", proposal_line=line)
        ChargeFactory.create(contract__legal_entity=run.legal_entity)
        AdjustmentFactory.create(contract=proposal.contract)
        BillingRunFactory.create(legal_entity=run.legal_entity)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/billing/runs/", 15),
        ("/billing/runs/{run}/", 15),
        ("/billing/proposals/", 15),
        ("/billing/unbilled/", 15),
        ("/billing/charges/", 15),
        ("/billing/decisions/", 15),
    ],
)
def test_one_and_thirty_rows_take_the_same_few_queries(finance: User, address: str, most: int) -> None:
    run: Any = BillingRunFactory.create(status="completed", prepared_by=finance)
    address = address.format(run=run.number)
    add_rows(run, 1)
    client = page_client(finance)
    one = queries_of(client, address)
    add_rows(run, 29)
    assert (queries_of(client, address), one <= most) == (one, True)


def test_an_opened_document_and_a_charge_stay_within_their_queries(finance: User) -> None:
    agreement, run, proposal = proposed(finance)
    charge = Charge.objects.get(contract=agreement.contract)
    client = page_client(finance)
    asked = f"contract={agreement.contract.code}&on=2026-03-02&worker={agreement.worker.code}"
    for address in (
        f"/billing/runs/{run.number}/?open=1",
        f"/billing/proposals/{proposal.number}/",
        f"/billing/charges/{charge.pk}/",
        f"/rates/which/?{asked}",
    ):
        assert queries_of(client, address) <= 15, address


def document_of(run: BillingRun, status: str) -> None:
    facts: dict[str, Any] = {"contract_version__contract__legal_entity": run.legal_entity}
    if status in {"approved", "releasing", "posted"}:
        facts |= {"posted" if status == "posted" else "approved": True}
    if status == "releasing":
        facts |= {"revision": 1}
    ProposalFactory.create(run=run, status=status, **facts)


@pytest.mark.parametrize(
    ("documents", "stage", "remark"),
    [
        (["in_review", "in_review", "posted"], "Waiting for approval", "2 documents"),
        (["draft", "in_review"], "In review", "1 document"),
        (["approved", "releasing", "posted"], "Approved, to release", "1 document"),
        (["releasing", "posted"], "Posting", "1 document"),
        (["posted", "discarded"], "Posted", "1 document"),
        ([], "Completed", ""),
    ],
)
def test_a_run_stands_where_its_documents_furthest_behind_stand(
    finance: User, documents: list[str], stage: str, remark: str
) -> None:
    run = BillingRunFactory.create(status="completed")
    for status in documents:
        document_of(run, status)
    view = page_client(finance).get("/billing/runs/").context["register"].view
    cell = next(cell.html for cell in view.rows[0].cells if cell.column.key == "status")
    assert f">{stage}<" in cell
    assert (remark in cell, "document" in cell) == (True, bool(remark))


def test_a_run_whose_documents_are_with_the_erp_is_not_at_work(finance: User) -> None:
    waiting, posted = BillingRunFactory.create_batch(2, status="completed")
    for run, status in ((waiting, "in_review"), (posted, "posted")):
        document_of(run, status)
    view = page_client(finance).get("/billing/runs/?in_hand=yes").context["register"].view
    assert [row.pk for row in view.rows] == [str(waiting.pk)]
