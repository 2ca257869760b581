"""Pages of milestones and the page clients decide on: what they show, cost and refuse, without script."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import Event, User
from projects.actions.links import create_link
from projects.actions.uploads import Upload
from projects.models import Milestone, SignOff, SignOffLink
from tests.factories import MilestoneFactory, MilestoneTermFactory
from tests.personas import api_client, page_client, person
from tests.projects.builders import manager_of, planner
from tests.projects.fixed_fees import PDF, delivered, fixed_fee, signed, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def linked(milestone: Milestone) -> SignOffLink:
    now = timezone.now()
    document = Upload("report.pdf", PDF)
    return create_link(
        milestone.pk, expires_at=now + timedelta(days=7), now=now, document=document, actor=planner()
    )


def public(link: SignOffLink) -> str:
    return reverse("client_sign_off", args=[link.secret])


def shown(client: Client, link: SignOffLink) -> str:
    found = re.search(r'name="shown" value="(\w{64})"', client.get(public(link)).content.decode())
    assert found
    return found[1]


def test_the_register_costs_the_same_with_one_and_with_thirty_rows(pmo: User) -> None:
    client, address = page_client(pmo), reverse("milestones")
    first = waiting({"amount": Decimal("100000")})
    queries(client, address)
    with_one = queries(client, address)
    for _ in range(29):
        MilestoneFactory.create(project=first.project)
    assert queries(client, address) == with_one <= 15
    register = client.get(address).context["register"]
    assert len(register.view.rows) == 30
    assert "£100,000.00" in client.get(address).content.decode()


def test_the_register_tells_what_is_overdue_and_what_waits(pmo: User) -> None:
    late = waiting({"name": "Waits long"}, on=timezone.localdate() - timedelta(days=30))
    fresh = waiting({"name": "Waits a day"}, on=timezone.localdate() - timedelta(days=1))
    yesterday = timezone.localdate() - timedelta(days=1)
    due = delivered(fixed_fee({"name": "Overdue", "due_on": yesterday})).milestones.get()
    client, address = page_client(pmo), reverse("milestones")

    def listed(**query: str) -> set[str]:
        html = client.get(address, query).content.decode()
        return {row.code for row in (late, fresh, due) if row.code in html}

    assert listed(unsigned="late") == {late.code}
    assert listed(unsigned="waiting") == {late.code, fresh.code}
    assert listed(due="overdue") == {due.code}
    assert listed(status="planned") == {due.code}
    assert listed(q="Waits long") == {late.code}


def test_a_milestone_is_completed_and_signed_off_by_forms_alone() -> None:
    project = delivered()
    milestone = project.milestones.get()
    manager, pmo = page_client(manager_of(project)), page_client(person("pmo"))

    def act(client: Client, kind: str, **given: object) -> int:
        return client.post(reverse("milestone_act", args=[milestone.code, kind]), given).status_code

    assert act(manager, "start", reason="") == 302
    assert act(manager, "progress", percent="60") == 302
    assert act(manager, "complete", on="2026-11-02", percent="50") == 422
    assert act(manager, "complete", on="2026-11-02", percent="100") == 302
    signed_by = {"decision": "accepted", "signer": "Grace", "signed_on": "2026-11-03"}
    assert act(manager, "sign-off", **signed_by) == 403
    assert act(pmo, "sign-off", **signed_by) == 422
    document = SimpleUploadedFile("signed.pdf", PDF, content_type="text/html")
    assert act(pmo, "sign-off", **signed_by, document=document) == 302
    sign_off = SignOff.objects.get()
    html = pmo.get(reverse("milestone", args=[milestone.code])).content.decode()
    assert "Grace" in html
    assert sign_off.document is not None
    href = reverse("milestone_document", args=[milestone.code, sign_off.document.pk])
    assert href in html
    answer = pmo.get(href)
    assert (answer.getvalue(), answer.headers["Content-Disposition"]) == (
        PDF,
        'attachment; filename="signed.pdf"',
    )
    stranger = page_client(person("project_manager"))
    assert stranger.get(href).status_code == 404


def test_contract_and_project_show_their_milestones(pmo: User) -> None:
    milestone = waiting({"name": "Go live"})
    client = page_client(pmo)
    for address in (
        reverse("contract", args=[milestone.contract.code]),
        reverse("project", args=[milestone.project.code]),
    ):
        html = client.get(address).content.decode()
        assert reverse("milestone", args=[milestone.code]) in html
        assert "waits for sign-off" in html


def test_a_link_is_made_shown_to_its_makers_and_taken_back() -> None:
    milestone = waiting()
    pmo, auditor = page_client(person("pmo")), page_client(person("auditor"))
    until = timezone.localdate() + timedelta(days=3)
    answer = pmo.post(
        reverse("milestone_act", args=[milestone.code, "link"]),
        {"recipient": "Grace", "expires_on": until.isoformat(), "shows_amount": "on"},
    )
    assert answer.status_code == 302
    link, page = SignOffLink.objects.get(), reverse("milestone", args=[milestone.code])
    assert f"http://testserver{public(link)}" in pmo.get(page).content.decode()
    assert link.secret not in auditor.get(page).content.decode()
    revoke = reverse("milestone_link_revoke", args=[link.pk])
    assert auditor.post(revoke, {"reason": ""}).status_code == 403
    assert pmo.post(revoke, {"reason": ""}).status_code == 302
    assert link.secret not in pmo.get(page).content.decode()


def test_a_client_reads_and_accepts_in_part_without_an_account() -> None:
    milestone = waiting({"amount": Decimal("100000"), "name": "Go live"})
    link, client = linked(milestone), Client(enforce_csrf_checks=True)
    page = client.get(public(link))
    html = page.content.decode()
    assert "Go live: 100 % to be accepted, £100,000.00." in html
    assert page.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert set(page.cookies) == {"csrftoken"}
    document = client.get(reverse("client_document", args=[link.secret]))
    assert document.getvalue() == PDF
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert token
    said = {"decision": "partial", "percent": "60", "signer": "Grace", "shown": shown(client, link)}
    said |= {"csrfmiddlewaretoken": token[1]}
    assert client.post(public(link), {**said, "csrfmiddlewaretoken": "x"}).status_code == 403
    answer = client.post(public(link), said, headers={"User-Agent": "Browser"})
    assert (answer.status_code, "Grace answered" in answer.content.decode()) == (200, True)
    thanks = "60 % (£60,000.00) accepted now; 40 % (£40,000.00) still to be accepted"
    assert (thanks in answer.content.decode(), "% to be accepted" in answer.content.decode()) == (True, False)
    kept = SignOff.objects.get()
    facts = (kept.percent, kept.signer, kept.address, kept.user_agent, kept.how)
    assert facts == (Decimal(60), "Grace", "127.0.0.1", "Browser", "client_link")
    again = client.post(public(link), said)
    assert "This link counts no more." in again.content.decode()
    assert SignOff.objects.count() == 1
    assert client.get(reverse("client_document", args=[link.secret])).status_code == 410


def test_a_client_rejects_only_with_a_reason() -> None:
    milestone = waiting()
    link, client = linked(milestone), Client()
    before = Event.objects.count()
    refused = client.post(
        public(link), {"decision": "rejected", "signer": "Grace", "shown": shown(client, link)}
    )
    assert (refused.status_code, "Say why it is rejected" in refused.content.decode()) == (422, True)
    assert Event.objects.count() == before
    said = {"decision": "rejected", "signer": "Grace", "comment": "<b>Not</b> yet"}
    assert client.post(public(link), said).status_code == 422
    said |= {"shown": shown(client, link)}
    html = client.post(public(link), said).content.decode()
    assert "&lt;b&gt;Not&lt;/b&gt; yet" in html
    milestone.refresh_from_db()
    assert milestone.status == "in_progress"


def test_a_link_that_is_over_says_so_in_a_sentence() -> None:
    milestone = waiting()
    link, client = linked(milestone), Client()
    SignOffLink.objects.update(expires_at=timezone.now())
    expired = client.get(public(link))
    assert (expired.status_code, "This link expired on" in expired.content.decode()) == (410, True)
    unknown = client.get(reverse("client_sign_off", args=["nothing"]))
    assert (unknown.status_code, "is not one of ours" in unknown.content.decode()) == (404, True)
    assert client.post(public(link), {"decision": "accepted", "signer": "Grace"}).status_code == 410
    assert not SignOff.objects.exists()


def test_one_address_does_not_try_secrets_for_long() -> None:
    client = Client(REMOTE_ADDR="198.51.100.7")
    answers = [client.get(reverse("client_sign_off", args=[f"guess-{n}"])).status_code for n in range(62)]
    assert answers[:30] == [404] * 30
    assert 429 in answers


def test_the_api_completes_signs_and_links(pmo: User) -> None:
    import base64

    milestone = delivered(fixed_fee({"amount": Decimal("100000")})).milestones.get()
    completer, base = api_client(person("pmo")), f"/api/v1/milestones/{milestone.code}"

    def post(client: Client, verb: str, **body: object) -> tuple[int, dict[str, object]]:
        answer = client.post(
            f"{base}/{verb}", body, headers={"Idempotency-Key": f"{verb}-{len(body)}"}, format="json"
        )
        return answer.status_code, answer.json()

    assert post(completer, "progress", percent="40")[1]["percent_complete"] == "40.0000"
    assert post(completer, "complete", on="2026-11-02")[1]["status"] == "completed"
    status, link = post(completer, "links", expires_at=(timezone.now() + timedelta(days=2)).isoformat())
    assert (status, link["address"]) == (201, public(SignOffLink.objects.get()))
    file = {"name": "signed.pdf", "content": base64.b64encode(PDF).decode()}
    said = {"decision": "partial", "percent": "60", "signer": "Grace", "signed_on": "2026-11-03"}
    status, refused = post(completer, "sign-off", **said, document=file)
    assert (status, refused["code"]) == (403, "separation_of_duties")
    status, refused = post(api_client(pmo), "sign-off", **said)
    assert (status, refused["code"]) == (422, "document_required")
    status, told = post(api_client(pmo), "sign-off", **said, document=file)
    assert (status, told["accepted_percent"], told["waiting_amount"]) == (200, "60.0000", "40000.0000")
    decided = told["sign_offs"]
    assert isinstance(decided, list)
    assert [(one["decision"], one["percent"]) for one in decided] == [("partial", "60.0000")]


def test_a_milestone_whose_term_is_gone_says_that_nothing_bills_it(pmo: User) -> None:
    milestone = waiting()
    signed(milestone, "60")
    MilestoneTermFactory._meta.model.objects.all().delete()
    html = page_client(pmo).get(reverse("milestone", args=[milestone.code])).content.decode()
    assert "nothing bills it" in html
