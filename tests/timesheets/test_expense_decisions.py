"""Decisions on expenses, and corrections of approved ones."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.errors import Forbidden, Refusal, Stale
from core.models import Event, Role, User
from tests.factories import MembershipFactory
from tests.personas import person
from tests.timesheets.builders import TODAY, Firm, employed_worker, payloads
from tests.timesheets.expense_builders import (
    approved_expense,
    categories,
    instead,
    stored_expenses,
    submitted_expense,
)
from timesheets.actions.corrections import CorrectionPending, NothingChanges
from timesheets.actions.expense_corrections import correct_expense, withdraw_expense_correction
from timesheets.actions.expense_decisions import approve_expenses, reject_expenses
from timesheets.actions.expenses import submit_expenses
from timesheets.models import Expense
from timesheets.policies import OwnTime


@pytest.fixture(autouse=True)
def kinds(db: None) -> None:
    """The categories of the firm."""
    categories()


def unchanged(act: Any, error: type[Refusal]) -> None:
    before = (stored_expenses(), Event.objects.count())
    with pytest.raises(error):
        act()
    assert (stored_expenses(), Event.objects.count()) == before


def test_another_person_approves(firm: Firm) -> None:
    expense = submitted_expense(firm)
    seen = {expense.pk: expense.version}
    decided = approve_expenses(seen, actor=Actor.of(firm.manager))
    assert (decided.expenses, decided.net) == (1, {"GBP": Decimal(120)})
    approved = Expense.objects.get()
    assert (approved.status, approved.approved_by) == ("approved", firm.manager)
    (told,) = payloads("expense.approved")
    assert (told["contract_id"], told["root_id"]) == (str(firm.project.contract_id), str(expense.pk))
    again = approve_expenses({expense.pk: None}, actor=Actor.of(firm.manager))
    assert (again.expenses, len(payloads("expense.approved"))) == (0, 1)


def test_who_may_not_decide(firm: Firm) -> None:
    expense = submitted_expense(firm)
    stranger = person(Role.PROJECT_MANAGER, entity=firm.entity)
    MembershipFactory.create(user=firm.consultant, role=Role.PMO)
    promoted = Actor.of(User.objects.get(pk=firm.consultant.pk))
    unchanged(lambda: approve_expenses({expense.pk: None}, actor=Actor.of(stranger)), Forbidden)
    unchanged(lambda: approve_expenses({expense.pk: None}, actor=promoted), OwnTime)
    unchanged(lambda: approve_expenses({expense.pk: None}, actor=Actor.system("test")), Forbidden)
    unchanged(lambda: approve_expenses({expense.pk: 99}, actor=Actor.of(firm.pmo)), Stale)
    unchanged(lambda: reject_expenses({expense.pk: None}, actor=Actor.of(firm.pmo), reason=" "), Refusal)


def test_whoever_submitted_for_somebody_does_not_approve(firm: Firm) -> None:
    expense = submitted_expense(firm)
    Expense.objects.update(submitted_by=firm.pmo)
    unchanged(lambda: approve_expenses({expense.pk: None}, actor=Actor.of(firm.pmo)), OwnTime)


def test_a_rejected_expense_is_mended_and_sent_again(firm: Firm) -> None:
    expense = submitted_expense(firm)
    reject_expenses({expense.pk: None}, actor=Actor.of(firm.pmo), reason="Which hotel?")
    rejected = Expense.objects.get()
    assert (rejected.status, rejected.rejection_reason) == ("rejected", "Which hotel?")
    assert payloads("expense.rejected")[0]["reason"] == "Which hotel?"
    (sent,) = submit_expenses([expense.pk], actor=Actor.of(firm.consultant), on=TODAY)
    assert (sent.status, sent.rejection_reason) == ("submitted", "")


def test_many_are_decided_with_the_statements_of_one(firm: Firm) -> None:
    def cost(first: int, count: int) -> int:
        made = [submitted_expense(firm, str(first + n)) for n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert (
                approve_expenses(dict.fromkeys([one.pk for one in made]), actor=Actor.of(firm.pmo)).expenses
                == count
            )
        return len(captured)

    cost(0, 1)
    assert cost(50, 1) == cost(100, 30)


def test_a_correction_replaces_when_approved(firm: Firm) -> None:
    expense = approved_expense(firm)
    correction = correct_expense(
        expense.pk,
        actor=Actor.of(firm.consultant),
        on=TODAY,
        reason="Typed wrongly",
        line=instead(expense, net=Decimal(80), tax=Decimal(16)),
    )
    assert Expense.objects.get(pk=expense.pk).status == "approved"
    assert correction.replacement is not None
    approve_expenses({correction.replacement.pk: None}, actor=Actor.of(firm.pmo))
    chain = Expense.objects.order_by("pk").values_list("kind", "status", "net", "tax", "root_id")
    assert list(chain) == [
        ("expense", "corrected", Decimal(120), Decimal(24), expense.pk),
        ("reversal", "approved", Decimal(-120), Decimal(-24), expense.pk),
        ("replacement", "approved", Decimal(80), Decimal(16), expense.pk),
    ]
    (told,) = payloads("expense.corrected")
    assert (told["net"], told["net_after"], told["contract_ids"]) == (
        "120.0000",
        "80.0000",
        [str(firm.project.contract_id)],
    )
    assert len(payloads("expense.approved")) == 1


def test_an_expense_that_never_was_is_taken_back(firm: Firm) -> None:
    expense = approved_expense(firm)
    correction = correct_expense(expense.pk, actor=Actor.of(firm.consultant), on=TODAY, reason="Not mine")
    approve_expenses({correction.reversal.pk: None}, actor=Actor.of(firm.pmo))
    statuses = Expense.objects.order_by("pk").values_list("kind", "status")
    assert list(statuses) == [("expense", "corrected"), ("reversal", "approved")]
    assert payloads("expense.corrected")[0]["net_after"] == "0"


def test_a_correction_is_withdrawn_or_rejected_and_the_expense_stands(firm: Firm) -> None:
    expense = approved_expense(firm)
    actor = Actor.of(firm.consultant)
    correct_expense(expense.pk, actor=actor, on=TODAY, reason="Not mine")
    unchanged(lambda: correct_expense(expense.pk, actor=actor, on=TODAY, reason="Again"), CorrectionPending)
    withdraw_expense_correction(expense.pk, actor=actor)
    second = correct_expense(expense.pk, actor=actor, on=TODAY, reason="Not mine")
    reject_expenses({second.reversal.pk: None}, actor=Actor.of(firm.pmo), reason="It is")
    assert sorted(Expense.objects.values_list("kind", "status")) == [
        ("expense", "approved"),
        ("reversal", "rejected"),
        ("reversal", "rejected"),
    ]
    assert payloads("expense.correction_rejected")[0]["reason"] == "It is"


def test_corrections_that_make_no_sense(firm: Firm) -> None:
    expense, draft = approved_expense(firm), submitted_expense(firm, "2")
    actor = Actor.of(firm.consultant)
    colleague = Actor.of(person(Role.CONSULTANT, entity=firm.entity))

    def correct(of: Expense, by: Actor = actor, reason: str = "Wrong", **changes: Any) -> None:
        correct_expense(of.pk, actor=by, on=TODAY, reason=reason, line=instead(of, **changes))

    unchanged(lambda: correct(expense), NothingChanges)
    unchanged(lambda: correct(expense, reason=" ", net=Decimal(1)), Refusal)
    unchanged(lambda: correct(expense, colleague, net=Decimal(1)), Forbidden)
    unchanged(lambda: correct(draft, net=Decimal(1)), Refusal)
    unchanged(lambda: correct(expense, net=Decimal("0.001")), Refusal)


def test_an_expense_moves_to_another_project_with_both_in_reach(firm: Firm) -> None:
    road = firm.add_project("ROAD", manager=employed_worker(firm.entity, "OTHER"))
    firm.assign(firm.worker, road)
    expense = approved_expense(firm)
    moved = instead(expense, project="ROAD", task=road.tasks.get().code)
    correction = correct_expense(
        expense.pk, actor=Actor.of(firm.consultant), on=TODAY, reason="Wrong project", line=moved
    )
    seen = {correction.reversal.pk: None}
    unchanged(lambda: approve_expenses(seen, actor=Actor.of(firm.manager)), Forbidden)
    approve_expenses(seen, actor=Actor.of(firm.pmo))
    (told,) = payloads("expense.corrected")
    assert set(told["contract_ids"]) == {str(firm.project.contract_id), str(road.contract_id)}
