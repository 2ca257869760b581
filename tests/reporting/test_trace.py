"""Trace by any id: every code and id of the firm leads to its chain, and only to what one may see."""

from decimal import Decimal
from typing import Any

import pytest

from billing.models import Proposal
from contracts.models import Contract
from core.actions.exceptions import comment_exception
from core.actors import Actor
from core.correlation import correlated
from core.models import Event, Role, User
from reporting.queries.chain import Stretch, chain_facts, chain_nodes
from reporting.queries.finding import find_subjects, suggestions
from reporting.queries.opening import page_of
from tests.architecture.world import World, build
from tests.document_factories import ProposalFactory
from tests.factories import ExceptionItemFactory
from tests.personas import api_client, page_client, person


@pytest.fixture
def firm(db: None) -> World:
    return build("ALPHA")


def found(text: object, user: User) -> set[tuple[str, str]]:
    return {(subject.kind, subject.code) for subject in find_subjects(str(text), user)}


def test_every_id_and_code_is_found(firm: World, finance: User) -> None:
    contract, proposal = ("Contract", "C-ALPHA"), ("Invoice proposal", "IP-ALPHA")
    posted = Proposal.objects.get(number="IP-ALPHA-2")
    expected = {
        "C-ALPHA": contract,
        "c-alpha": contract,
        str(firm.contract.pk): contract,
        str(firm.version.pk): contract,
        firm.customer.code: contract,
        "R-ALPHA": None,
        "P-ALPHA": ("Project", "P-ALPHA"),
        str(firm.task.pk): ("Project", "P-ALPHA"),
        "IP-ALPHA": proposal,
        str(firm.proposal_line.pk): proposal,
        "BR-ALPHA": proposal,
        posted.erp_number: ("Invoice proposal", "IP-ALPHA-2"),
        "PAY-ALPHA": ("Invoice proposal", "IP-ALPHA-2"),
        "X-ALPHA": proposal,
        "EX-ALPHA": ("Exception", "EX-ALPHA"),
        str(firm.entry.pk): ("Time entry", "3 Nov 2026"),
        firm.entry.source_key: ("Time entry", "3 Nov 2026"),
        str(firm.charge.pk): ("Charge", "3 Nov 2026"),
        str(firm.delivery.operation_id): ("Message", "create invoice"),
    }
    for text, subject in expected.items():
        assert (subject in found(text, finance)) if subject else not found(text, finance), text


def test_a_correlation_id_leads_to_what_it_touched(firm: World, finance: User) -> None:
    with correlated("request-0001"):
        comment_exception(firm.item.pk, comment="Asked", actor=Actor.of(finance))
    assert found("request-0001", finance) == {("Exception", "EX-ALPHA")}
    assert found(Event.objects.order_by("-seq")[0].id, finance) == {("Exception", "EX-ALPHA")}


@pytest.mark.parametrize("text", ["", "   ", "\x00", "nothing", "0" * 400, "%", "'; DROP TABLE core_event"])
def test_an_id_of_nothing_finds_nothing(firm: World, finance: User, text: str) -> None:
    assert find_subjects(text, finance) == []
    assert page_client(finance).get("/trace/", {"q": text}).status_code == 200


def test_what_one_may_not_see_is_not_found(firm: World) -> None:
    stranger = person(Role.FINANCE, entity=build("BETA").entity)
    for text in ("C-ALPHA", "IP-ALPHA", "EX-ALPHA", firm.entry.pk, firm.delivery.pk):
        assert found(text, stranger) == set(), text
    assert "ALPHA" not in str(suggestions("ALPHA", stranger)).replace("Customer", "")


def test_the_chain_tells_how_far_the_work_has_come(firm: World) -> None:
    facts = chain_facts(Stretch(firm.contract.pk))
    assert facts is not None
    nodes = {node.label: (node.state, node.code, node.text) for node in chain_nodes(facts)}
    assert nodes == {
        "Contract": ("done", "C-ALPHA", firm.customer.name),
        "Time approved": ("done", "", "1 entry, 7.5 h"),
        "Priced": ("done", "", "£900.00"),
        "Proposal": ("done", "IP-ALPHA-2", "Posted, newest of 2"),
        "ERP document": ("done", facts.erp_number, "posted 30 Nov 2026"),
        "Payment": ("waiting", "", ""),
    }


def test_what_stopped_is_red_and_what_follows_waits(firm: World) -> None:
    facts = chain_facts(Stretch(firm.contract.pk))
    assert facts is not None
    states = [node.state for node in chain_nodes(facts, failed="price")]
    assert states == ["done", "done", "failed", "waiting", "waiting", "waiting"]


def test_the_chain_of_one_entry_holds_nothing_else(firm: World) -> None:
    other = chain_facts(Stretch(firm.contract.pk, roots=(firm.contract.pk,)))
    own = chain_facts(Stretch(firm.contract.pk, roots=(firm.entry.root_id,)))
    assert other is not None and own is not None
    assert (other.approved, other.charges, other.number) == (0, 0, None)
    assert (own.approved, own.charges, own.amount) == (1, 1, Decimal("900.0000"))
    assert chain_facts(Stretch(firm.entry.pk)) is None


def test_the_page_shows_chain_documents_messages_exceptions_and_events(firm: World, finance: User) -> None:
    answer = page_client(finance).get("/trace/", {"q": "C-ALPHA"})
    trace = answer.context["trace"]
    assert [document.number for document in trace.documents] == ["IP-ALPHA-2", "IP-ALPHA"]
    assert [message.pk for message in trace.messages] == [firm.delivery.pk]
    assert [item.number for item in trace.exceptions] == ["EX-ALPHA"]
    assert [step.activity.text for step in trace.steps] == ["ALPHA remark"]


def test_several_meanings_are_offered_and_one_is_chosen(firm: World, finance: User) -> None:
    Contract.objects.filter(pk=firm.contract.pk).update(code="P-ALPHA")
    page = page_client(finance).get("/trace/", {"q": "P-ALPHA", "of": str(firm.project.pk)})
    assert {one.kind for one in page.context["subjects"]} == {"Contract", "Project"}
    assert page.context["subject"].kind == "Project"


def test_any_id_in_the_path_leads_to_the_page(firm: World, finance: User) -> None:
    answer = page_client(finance).get("/trace/a/b c/")
    assert (answer.status_code, answer["Location"]) == (302, "/trace/?q=a%2Fb+c")


def test_the_palette_suggests_while_one_types(firm: World, finance: User) -> None:
    headers = {"HX-Request": "true", "HX-Target": "palette-results"}
    answer = page_client(finance).get("/trace/", {"q": "alpha"}, headers=headers).content.decode()
    assert "C-ALPHA ALPHA agreement" in answer and "<html" not in answer


@pytest.mark.parametrize("text", ["BR-ALPHA", "c-alpha", "IP-ALPHA"])
def test_typing_an_exact_number_suggests_it_and_leads_nowhere(firm: World, finance: User, text: str) -> None:
    headers = {"HX-Request": "true", "HX-Target": "palette-results"}
    answer = page_client(finance).get("/trace/", {"q": text, "go": "1"}, headers=headers)
    said = answer.content.decode()
    assert (answer.status_code, "<html" in said) == (200, False)
    assert said.strip().startswith(f'<a class="c-result" href="{page_of(text, finance)}"><b>Open {text}</b>')


def test_enter_on_an_exact_number_opens_what_goes_by_it(firm: World, finance: User) -> None:
    client = page_client(finance)
    posted = Proposal.objects.get(number="IP-ALPHA-2")
    expected = {
        "BR-ALPHA": "/billing/runs/BR-ALPHA/",
        "ip-alpha": "/billing/proposals/IP-ALPHA/",
        posted.erp_number: "/billing/proposals/IP-ALPHA-2/",
        " PAY-ALPHA ": "/billing/proposals/IP-ALPHA-2/",
        "C-ALPHA": "/contracts/C-ALPHA/",
        "P-ALPHA": "/projects/P-ALPHA/",
        "R-ALPHA": "/rates/R-ALPHA/",
        "EX-ALPHA": "/exceptions/EX-ALPHA/",
        firm.customer.code: f"/customers/{firm.customer.code}/",
    }
    opened = {text: client.get("/trace/", {"q": text, "go": "1"}).get("Location") for text in expected}
    assert opened == expected


@pytest.mark.parametrize("text", ["", "ALPHA", "nothing", "%", "\x00"])
def test_enter_on_what_is_no_number_shows_the_trace(firm: World, finance: User, text: str) -> None:
    assert page_client(finance).get("/trace/", {"q": text, "go": "1"}).status_code == 200


def test_enter_opens_nothing_where_a_number_has_two_meanings_or_is_not_to_be_seen(
    firm: World, finance: User
) -> None:
    Contract.objects.filter(pk=firm.contract.pk).update(code="P-ALPHA")
    assert page_client(finance).get("/trace/", {"q": "P-ALPHA", "go": "1"}).status_code == 200
    stranger = person(Role.FINANCE, entity=build("BETA").entity)
    assert page_of("BR-ALPHA", stranger) == page_of("IP-ALPHA", stranger) == ""
    assert page_of("BR-ALPHA", person(Role.CONSULTANT)) == ""


def test_the_api_tells_the_same(firm: World, finance: User) -> None:
    answer: Any = api_client(finance).get("/api/v1/trace/C-ALPHA")
    (told,) = answer.json()
    assert {name: told[name] for name in ("kind", "code", "exceptions", "documents")} == {
        "kind": "Contract",
        "code": "C-ALPHA",
        "exceptions": ["EX-ALPHA"],
        "documents": ["IP-ALPHA-2", "IP-ALPHA"],
    }
    assert [node["state"] for node in told["chain"]] == ["done"] * 5 + ["waiting"]
    assert api_client(finance).get("/api/v1/trace/nothing").status_code == 404


def test_consultants_do_not_trace(consultant: User, firm: World) -> None:
    assert page_client(consultant).get("/trace/", {"q": "C-ALPHA"}).status_code == 403
    assert api_client(consultant).get("/api/v1/trace/C-ALPHA").status_code == 403


def test_much_work_costs_no_more(firm: World, finance: User, django_assert_num_queries: Any) -> None:
    client = page_client(finance)
    for _ in range(2):
        with django_assert_num_queries(15):
            client.get("/trace/", {"q": "C-ALPHA"})
        ProposalFactory.create_batch(5, contract_version=firm.version)
        ExceptionItemFactory.create_batch(
            5, contract_id=firm.contract.pk, legal_entity=firm.entity, object_id=firm.contract.pk
        )
