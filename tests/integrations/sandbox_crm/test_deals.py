"""The CRM's interface, met by our client: read, list by change, write back, refusals in words."""

import subprocess
import sys

import httpx
import pytest

from integrations.sandbox_crm.administration import SandboxCrmAdministration
from integrations.sandbox_crm.client import SandboxCrmClient
from integrations.sandbox_erp.administration import Fault
from integrations.sandbox_erp.errors import AuthFailed, Malformed, OutcomeUnknown, Refused, Throttled
from tests.integrations.sandbox_crm.building import deal_fields
from tests.integrations.sandbox_crm.running import ROOT, RunningCrm


def test_a_deal_is_read_as_it_was_entered(
    administration: SandboxCrmAdministration, client: SandboxCrmClient
) -> None:
    opened = administration.open_deal(deal_fields())

    read = client.get_deal(opened.id)

    assert (read.version, read.stage) == (1, "prospecting")
    given = deal_fields()
    assert {name: read.body[name] for name in given} == given


def test_a_change_raises_the_version_and_the_same_again_does_not(
    administration: SandboxCrmAdministration, client: SandboxCrmClient
) -> None:
    opened = administration.open_deal(deal_fields())

    assert administration.change_deal(opened.id, {"amount": "99.00"}).version == 2
    assert administration.change_deal(opened.id, {"amount": "99.00"}).version == 2
    assert administration.move_deal(opened.id, "closed_won").version == 3
    assert administration.move_deal(opened.id, "closed_won").version == 3
    assert client.get_deal(opened.id).stage == "closed_won"


def test_pages_list_every_change_once_from_the_oldest(
    administration: SandboxCrmAdministration, client: SandboxCrmClient
) -> None:
    opened = [administration.open_deal(deal_fields(name=f"Deal {number}")) for number in range(5)]
    since, ids, cursor = opened[0].changed_at, [], None
    while True:
        page = client.deals_changed_since(since, cursor=cursor, limit=2)
        ids += [deal.id for deal in page.deals]
        if (cursor := page.next_cursor) is None:
            break

    assert ids == [deal.id for deal in opened]
    assert client.deals_changed_since("9999").deals == ()


def test_writing_back_keeps_our_codes_and_repeats_without_harm(
    administration: SandboxCrmAdministration, client: SandboxCrmClient
) -> None:
    opened = administration.open_deal(deal_fields())

    written = client.write_back(opened.id, {"contract_code": "C-2001", "project_codes": ["P-1", "P-2"]})
    again = client.write_back(opened.id, {"contract_code": "C-2001", "project_codes": ["P-1", "P-2"]})

    assert (written.body["contract_code"], written.body["project_codes"]) == ("C-2001", ["P-1", "P-2"])
    assert again.version == written.version == 2


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({}, "request_invalid", "name"),
        (deal_fields(amount=12), "request_invalid", "amount"),
        (deal_fields(starts_on="soon"), "request_invalid", "starts_on"),
        (deal_fields(colour="red"), "request_invalid", "colour"),
        (deal_fields(products=["x"]), "request_invalid", "products"),
    ],
)
def test_bad_input_is_refused_with_the_field(
    administration: SandboxCrmAdministration, fields: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        administration.open_deal(fields)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_business_refusals_say_why(
    administration: SandboxCrmAdministration, client: SandboxCrmClient
) -> None:
    opened = administration.open_deal(deal_fields(amount=None))

    with pytest.raises(Refused, match="cannot be won"):
        administration.move_deal(opened.id, "closed_won")
    with pytest.raises(Refused, match="There is no deal OPP-0"):
        client.get_deal("OPP-0")
    assert client.get_deal(opened.id).version == 1


def test_the_interface_asks_for_the_token_and_the_pages_do_not(crm: RunningCrm) -> None:
    with pytest.raises(AuthFailed), SandboxCrmClient(crm.url, "wrong") as stranger:
        stranger.get_deal("OPP-1")
    assert httpx.get(crm.url, trust_env=False).status_code == 200


@pytest.mark.parametrize(
    ("fault", "error"),
    [("500", OutcomeUnknown), ("429", Throttled), ("malformed", Malformed), ("reset", OutcomeUnknown)],
)
def test_scripted_faults_reach_the_client_sorted(
    administration: SandboxCrmAdministration, client: SandboxCrmClient, fault: str, error: type[Exception]
) -> None:
    opened = administration.open_deal(deal_fields())
    administration.script_faults([Fault(fault)])  # type: ignore[arg-type]

    with pytest.raises(error):
        client.get_deal(opened.id)
    assert client.get_deal(opened.id).id == opened.id


def test_what_was_answered_survives_a_kill(own_crm: RunningCrm) -> None:
    with own_crm.administration() as administration:
        opened = administration.open_deal(deal_fields())
    own_crm.kill()
    own_crm.start()
    with own_crm.client() as client:
        assert client.get_deal(opened.id) == opened


def test_a_person_closes_a_deal_by_hand(
    crm: RunningCrm, administration: SandboxCrmAdministration, client: SandboxCrmClient
) -> None:
    opened = administration.open_deal(deal_fields(name="<b>By hand</b>"))
    with httpx.Client(base_url=crm.url, trust_env=False, follow_redirects=True) as browser:
        listed = browser.get("/")
        closed = browser.post(f"/deals/{opened.id}/stage", data={"stage": "closed_won"})
        missing = browser.post(f"/deals/{opened.id}/edit", data={"name": ""})

    assert "&lt;b&gt;By hand&lt;/b&gt;" in listed.text and "<b>By hand" not in listed.text
    assert "Stage: <b>closed won</b>" in closed.text
    assert (missing.status_code, "A deal needs a name." in missing.text) == (400, True)
    assert (client.get_deal(opened.id).stage, client.get_deal(opened.id).version) == ("closed_won", 2)


def test_a_person_edits_what_the_page_shows_and_nothing_else(
    crm: RunningCrm, administration: SandboxCrmAdministration, client: SandboxCrmClient
) -> None:
    from integrations.sandbox_crm.server.paper import EDITED

    opened = administration.open_deal(deal_fields())
    values = {name: _at(opened.body, name) for name in EDITED}
    httpx.post(f"{crm.url}/deals/{opened.id}/edit", data={**values, "account.tax_id": "GB1"}, trust_env=False)

    changed = client.get_deal(opened.id)
    expected = deal_fields()
    expected["account"]["tax_id"] = "GB1"
    assert {name: changed.body[name] for name in expected} == expected


def _at(body: object, path: str) -> str:
    for name in path.split("."):
        body = body[name]  # type: ignore[index]
    return str(body)


def test_the_server_loads_nothing_of_tieout() -> None:
    code = "import sys, integrations.sandbox_crm.server; print('\\n'.join(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    apps = {"config", "core", "contracts", "projects", "timesheets", "billing", "reporting", "django"}
    assert not {name for name in loaded if name.split(".")[0] in apps}
    frame = ("integrations.sandbox_erp", "integrations.sandbox_crm")
    ours = {name for name in loaded if name.startswith("integrations.")}
    assert {name for name in ours if not name.startswith(tuple(f"{one}.server" for one in frame))} == set(
        frame
    )
