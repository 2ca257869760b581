"""What terms say about expenses: stored, copied, sealed, checked, compared, shown and edited."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from contracts.actions.expense_rules import ExpenseRulesInvalid, ExpenseTerms, expense_rules_of
from contracts.actions.readiness import NotReady, shortcomings
from contracts.actions.terms import content_sha256
from contracts.actions.versions import draft_version, edit_version, submit_version
from contracts.models import ExpenseRule
from contracts.queries.comparison import Change, changes_between, with_terms
from core.models import Event, User
from tests.contracts.builders import active, amended, drafted, preparer, price_list
from tests.factories import ExpenseCategoryFactory, ExpenseRuleFactory
from tests.personas import api_client, page_client

pytestmark = pytest.mark.django_db

AT_COST = ExpenseTerms()
HOTEL = ExpenseTerms(category="hotel", markup_percent=Decimal(5), ceiling=Decimal(180))
MILEAGE = ExpenseTerms(line="work", category="mileage", unit_price=Decimal("0.5"))


@pytest.fixture(autouse=True)
def categories(db: None) -> None:
    """Hotel at cost, mileage by the kilometre."""
    ExpenseCategoryFactory.create()
    ExpenseCategoryFactory.create(code="mileage", name="Mileage", unit="km", unit_price=Decimal("0.45"))


def test_rules_are_stored_copied_and_replaced() -> None:
    contract = active(expenses=[AT_COST, HOTEL, MILEAGE])
    author = preparer()
    version = draft_version(contract.pk, effective_from=date(2026, 3, 1), actor=author)
    assert expense_rules_of(version) == [AT_COST, HOTEL, MILEAGE]
    kept = version.expense_rules.get(category__code="hotel").pk
    dearer = ExpenseTerms(category="hotel", markup_percent=Decimal(8))
    edit_version(version.pk, actor=author, expenses=[dearer])
    assert expense_rules_of(version) == [dearer]
    assert version.expense_rules.get().pk == kept


def test_the_seal_covers_the_rules_and_stays_as_it_was_without_any() -> None:
    version = drafted()
    bare = content_sha256(version)
    edit_version(version.pk, actor=preparer(), expenses=[HOTEL])
    assert content_sha256(version) != bare
    edit_version(version.pk, actor=preparer(), expenses=[])
    assert content_sha256(version) == bare


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ([HOTEL, HOTEL], "Two rules are about hotel on every line."),
        ([ExpenseTerms(category="yacht")], "There is no expense category yacht."),
        ([ExpenseTerms(markup_percent=Decimal(101))], "less than or equal to 100"),
        ([ExpenseTerms(ceiling=Decimal(-1))], "greater than or equal to 0"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules: list[ExpenseTerms], sentence: str) -> None:
    version = drafted(expenses=[AT_COST])
    before = (list(ExpenseRule.objects.values()), Event.objects.count())
    with pytest.raises(Exception, match=sentence) as refused:
        edit_version(version.pk, actor=preparer(), expenses=rules)
    assert getattr(refused.value, "status", 0) == 422
    assert (list(ExpenseRule.objects.values()), Event.objects.count()) == before


def test_the_database_refuses_two_rules_on_the_same_expenses() -> None:
    rule = ExpenseRuleFactory.create()
    with pytest.raises(Exception, match="one_expense_rule_each"):
        ExpenseRuleFactory.create(contract_version=rule.contract_version)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (ExpenseTerms(line="travel"), "expense_line_unknown"),
        (ExpenseTerms(billed=False, ceiling=Decimal(5)), "expense_not_billed"),
        (ExpenseTerms(category="hotel", unit_price=Decimal(1)), "expense_unit_missing"),
        (
            ExpenseTerms(category="mileage", unit_price=Decimal(1), markup_percent=Decimal(5)),
            "expense_price_and_markup",
        ),
    ],
)
def test_terms_with_faulty_rules_are_not_ready(rule: ExpenseTerms, code: str) -> None:
    price_list()
    version = drafted(expenses=[AT_COST, rule] if rule.line or rule.category else [rule])
    with pytest.raises(NotReady) as refused:
        submit_version(version.pk, actor=preparer())
    assert [(one.code, one.field) for one in refused.value.shortcomings] == [(code, "expenses")]


def test_a_line_without_a_general_rule_is_worth_knowing() -> None:
    price_list()
    found = shortcomings(drafted(expenses=[HOTEL]))
    assert [(one.code, one.blocks) for one in found] == [("expense_rule_missing", False)]
    assert shortcomings(drafted(expenses=[AT_COST])) == []
    assert shortcomings(drafted(expenses=[])) == []


def test_changed_rules_are_compared_in_words() -> None:
    contract = active(expenses=[AT_COST, HOTEL])
    changed = [ExpenseTerms(billed=False), MILEAGE]
    amended(contract, date(2026, 3, 1), expenses=changed)
    first, second = with_terms(contract.versions.order_by("number"))
    assert changes_between(first, second) == [
        Change("Expenses, every category on every line", "at cost", "not billed"),
        Change("Expenses, Hotel on every line", "at cost plus 5 %, at most £180.00 each", ""),
        Change("Expenses, Mileage on work", "", "0.5 GBP per km"),
    ]


def test_the_pages_show_the_rules(finance: User) -> None:
    contract = active(expenses=[AT_COST, HOTEL])
    client = page_client(finance)
    for address in (
        reverse("contract", args=[contract.code]) + "?on=2026-06-01",
        reverse("contract_version", args=[contract.code, 1]),
    ):
        text = client.get(address).content.decode()
        assert "at cost plus 5 %, at most £180.00 each" in text


def test_rules_are_edited_on_the_page(finance: User) -> None:
    version = drafted(expenses=[HOTEL])
    client, edit = page_client(finance), reverse("contract_version_edit", args=[version.contract.code, 1])
    form = client.get(edit).context["form"]
    given: dict[str, Any] = {"read_version": version.version, "effective_from": "2026-01-01"}
    for formset in (form.lines, form.milestones, form.instalments, form.payers, form.expenses):
        given |= {field.html_name: field.value() for field in formset.management_form}
        for part in formset.forms:
            given |= {
                field.html_name: field.value()
                for field in part
                if str(field.value()) not in {"None", "False"}
            }
    grown = client.post(edit, {**given, "add_expense": "1"})
    assert len(grown.context["form"].expenses.forms) == 2
    more = {"expenses-1-line": "work", "expenses-1-category": "mileage", "expenses-1-unit_price": "0.50"}
    answer = client.post(
        edit,
        {**given, **more, "expenses-TOTAL_FORMS": "2", "expenses-1-billed": "on", "expenses-0-DELETE": "on"},
    )
    assert answer.status_code == 302
    assert expense_rules_of(version) == [MILEAGE]


def test_rules_travel_over_the_api(finance: User) -> None:
    version = drafted()
    client, address = api_client(finance), f"/api/v1/contract-versions/{version.pk}"
    body = {"expenses": [{"category": "hotel", "markup_percent": "5", "ceiling": "180"}]}
    answer = client.patch(address, body, format="json", headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["expenses"] == [
        {
            "line": "",
            "category": "hotel",
            "billed": True,
            "markup_percent": "5.0000",
            "ceiling": "180.0000",
            "unit_price": None,
        }
    ]
    refused = client.patch(
        address, {"expenses": [{"category": "yacht"}]}, format="json", headers={"If-Match": "*"}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, ExpenseRulesInvalid.code)
