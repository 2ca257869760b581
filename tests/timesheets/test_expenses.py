"""Expenses before a decision: entered, limited, submitted, taken back, thrown away; batches row by row."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.attachments import WrongFile
from core.errors import Forbidden, Refusal, Stale
from core.models import Attachment, Event, Role
from core.states import IllegalMove
from projects.actions.uploads import Upload
from tests.factories import ExchangeRateFactory, ExpenseCategoryFactory
from tests.personas import person
from tests.timesheets.builders import TODAY, Firm, employed_worker, payloads
from tests.timesheets.expense_builders import (
    approved_expense,
    categories,
    given,
    line,
    picture,
    send,
    stored_expenses,
    submitted_expense,
)
from timesheets.actions.expenses import (
    RefusedExpense,
    discard_expense,
    enter_expense,
    recall_expenses,
    submit_expenses,
)
from timesheets.intake.results import Outcome
from timesheets.models import Expense


@pytest.fixture(autouse=True)
def kinds(db: None) -> None:
    """The categories of the firm."""
    categories()


def enter(firm: Firm, key: str = "1", *, submit: bool = False, **changes: Any) -> Expense:
    return enter_expense(line(key, **changes), actor=Actor.of(firm.consultant), on=TODAY, submit=submit)


def test_a_draft_is_entered_changed_and_submitted(firm: Firm) -> None:
    actor = Actor.of(firm.consultant)
    draft = enter_expense(line(), actor=actor, on=TODAY, receipt=picture())
    assert [draft.status, draft.net, draft.tax, draft.paid] == ["draft", 120, 24, 144]
    assert (draft.reimbursable, draft.billable, draft.policy_result) == (True, True, "ok")
    changed = enter_expense(line(net="100.00"), actor=actor, on=TODAY, expected_version=draft.version)
    assert (changed.pk, changed.net, changed.receipt_id) == (draft.pk, Decimal(100), draft.receipt_id)
    (sent,) = submit_expenses([draft.pk], actor=actor, on=TODAY)
    assert (sent.status, sent.submitted_by) == ("submitted", firm.consultant)
    assert [event.type for event in Event.objects.order_by("seq")] == [
        "expense.recorded",
        "expense.recorded",
        "expense.submitted",
    ]
    (told,) = payloads("expense.submitted")
    assert told == {
        "worker_id": str(firm.worker.pk),
        "worker": "ANNA",
        "contract_id": str(firm.project.contract_id),
        "project_id": str(firm.project.pk),
        "project": "RAIL",
        "category": "hotel",
        "spent_on": "2026-11-03",
        "net": "100.0000",
        "tax": "24.0000",
        "currency": "GBP",
        "root_id": str(draft.pk),
    }


def test_units_make_the_amount(firm: Firm) -> None:
    drive = enter(firm, category="mileage", quantity="81.5", net=None, tax=None, currency=None)
    assert (drive.quantity, drive.net, drive.currency_id) == (Decimal("81.5"), Decimal("36.68"), "GBP")


def test_an_amount_with_the_minor_unit_of_its_currency_is_taken(firm: Firm) -> None:
    assert enter(firm, "1", currency="JPY", net="12345", tax=None).net == 12345
    assert enter(firm, "2", currency="BHD", net="16.463", tax=None).net == Decimal("16.463")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"net": "0"}, "amount_not_positive", "net"),
        ({"net": "-5"}, "amount_not_positive", "net"),
        ({"net": None}, "required", "net"),
        ({"net": "1e9"}, "amount_unreadable", "net"),
        ({"net": "99999999"}, "amount_too_large", "net"),
        ({"net": "1.005"}, "amount_too_precise", "net"),
        ({"currency": "JPY", "net": "1.5"}, "amount_too_precise", "net"),
        ({"tax": "-1"}, "tax_negative", "tax"),
        ({"currency": None}, "required", "currency"),
        ({"currency": "XQQ"}, "unknown_currency", "currency"),
        ({"currency": "EURO"}, "text_too_long", "currency"),
        (
            {"category": "mileage", "net": None, "tax": None, "currency": "EUR", "quantity": "3"},
            "unit_currency",
            "currency",
        ),
        ({"category": "mileage", "net": None, "tax": None}, "required", "quantity"),
        ({"category": "mileage", "net": "9.00", "tax": None, "quantity": "3"}, "net_is_computed", "net"),
        ({"quantity": "2"}, "quantity_without_unit", "quantity"),
        ({"category": "yacht"}, "unknown_category", "category"),
        ({"worker": "NOBODY"}, "unknown_worker", "worker"),
        ({"project": "NONE"}, "unknown_project", "project"),
        ({"task": "NONE"}, "unknown_task", "task"),
        ({"spent_on": "2026-11-19"}, "date_in_future", "spent_on"),
        ({"spent_on": "2025-12-31"}, "date_outside_project", "spent_on"),
        ({"spent_on": "3 Nov"}, "date_unreadable", "spent_on"),
        ({"billable": "perhaps"}, "flag_unreadable", "billable"),
        ({"note": "x" * 501}, "text_too_long", "note"),
        ({"note": "a\0b"}, "unstorable_text", "note"),
        ({"yacht": "yes"}, "unknown_field", "yacht"),
        ({"net": [1]}, "wrong_type", "net"),
        ({"net": True}, "wrong_type", "net"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(
    firm: Firm, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(RefusedExpense) as refused:
        enter(firm, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.sentence.endswith((".", "why."))
    assert (Expense.objects.count(), Event.objects.count()) == (0, 0)


def test_what_has_ended_takes_no_expense(firm: Firm) -> None:
    ExpenseCategoryFactory.create(code="phone", name="Phone", active=False)
    other = firm.add_project("ROAD", manager=employed_worker(firm.entity, "OTHER"))

    def code(**changes: Any) -> str:
        with pytest.raises(RefusedExpense) as refused:
            enter(firm, **changes)
        return refused.value.code

    assert code(category="phone") == "category_ended"
    assert code(project="ROAD", task=other.tasks.get().code) == "project_not_assigned"
    type(firm.task).objects.filter(pk=firm.task.pk).update(billable=False)
    assert code(billable="yes") == "task_not_billable"
    assert enter(firm).billable is False
    type(firm.task).objects.filter(pk=firm.task.pk).update(status="closed")
    assert code(note="again") == "task_closed"
    type(firm.project).objects.filter(pk=firm.project.pk).update(status="on_hold")
    assert code(note="again") == "project_not_active"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"GIF89a", "Only PDF, PNG and JPEG files are accepted."),
        (b"%PDF-1.4 cut", "The file is cut off: upload it again."),
        (b"\x89PNG\r\n\x1a\n" + bytes(settings.ATTACHMENT_LIMIT), "The file is larger than 10 MB."),
    ],
    ids=["empty", "wrong type", "cut off", "huge"],
)
def test_a_receipt_that_is_none_refuses_the_whole_expense(firm: Firm, content: bytes, sentence: str) -> None:
    with pytest.raises(WrongFile) as refused:
        enter_expense(line(), actor=Actor.of(firm.consultant), on=TODAY, receipt=Upload("r.pdf", content))
    assert (refused.value.sentence, refused.value.field) == (sentence, "receipt")
    assert (Expense.objects.count(), Attachment.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_the_limits_of_a_category(firm: Firm) -> None:
    actor = Actor.of(firm.consultant)
    small = enter(firm, "1", category="meals", net="20.00", tax="4.00", note="")
    assert (small.policy_result, small.policy_sentence) == ("ok", "")
    bare = enter(firm, "2", category="meals", net="30.00", tax="0", note="")
    assert (bare.policy_result, bare.policy_sentence) == (
        "blocked",
        "Meals above £25.00 needs a receipt: attach it.",
    )
    with pytest.raises(RefusedExpense) as refused:
        submit_expenses([bare.pk], actor=actor, on=TODAY)
    assert (refused.value.code, Expense.objects.get(pk=bare.pk).status) == ("receipt_missing", "draft")
    over = enter_expense(
        line("2", category="meals", net="45.00", tax="0", note=""), actor=actor, on=TODAY, receipt=picture()
    )
    sentence = "£5.00 over the ceiling of £60.00 a day for Meals."
    assert (over.policy_result, over.policy_sentence) == ("justify", sentence)
    with pytest.raises(RefusedExpense, match="Say in the note why") as unjustified:
        submit_expenses([over.pk], actor=actor, on=TODAY)
    assert (unjustified.value.code, unjustified.value.field) == ("justification_missing", "note")
    justified = enter(firm, "2", category="meals", net="45.00", tax="0", note="With the client", submit=True)
    assert (justified.status, justified.policy_result) == ("submitted", "justify")


def test_limits_are_compared_in_the_currency_of_the_category(firm: Firm) -> None:
    unknown = enter(firm, "1", category="meals", currency="EUR", net="20.00", tax="0")
    assert unknown.policy_result == "blocked"
    ExchangeRateFactory.create(base_id="EUR", quote_id="GBP", rate=Decimal("0.85"))
    known = enter(firm, "2", category="meals", currency="EUR", net="29.00", tax="0")
    assert (known.policy_result, known.policy_sentence) == ("ok", "")


def test_nobody_enters_expenses_of_others(firm: Firm) -> None:
    colleague = person(Role.CONSULTANT, entity=firm.entity)
    with pytest.raises(RefusedExpense) as refused:
        enter_expense(line(), actor=Actor.of(colleague), on=TODAY)
    assert refused.value.code == "not_allowed"
    with pytest.raises(Forbidden):
        enter_expense(line(), actor=Actor.of(person(Role.AUDITOR)), on=TODAY)
    draft = enter(firm)
    for verb in (
        lambda: submit_expenses([draft.pk], actor=Actor.of(colleague), on=TODAY),
        lambda: recall_expenses([draft.pk], actor=Actor.of(colleague)),
        lambda: discard_expense(draft.pk, actor=Actor.of(colleague)),
    ):
        with pytest.raises(Forbidden):
            verb()
    assert enter_expense(line("2"), actor=Actor.of(firm.manager), on=TODAY).worker == firm.worker
    assert [one["status"] for one in stored_expenses()] == ["draft", "draft"]


def test_an_older_state_is_not_written_over(firm: Firm) -> None:
    draft = enter(firm)
    enter(firm, net="99.00")
    with pytest.raises(Stale):
        enter_expense(
            line(net="80.00"), actor=Actor.of(firm.consultant), on=TODAY, expected_version=draft.version
        )
    assert Expense.objects.get().net == 99


def test_a_submitted_expense_is_taken_back_and_thrown_away(firm: Firm) -> None:
    actor, expense = Actor.of(firm.consultant), submitted_expense(firm)
    with pytest.raises(IllegalMove):
        discard_expense(expense.pk, actor=actor)
    assert recall_expenses([expense.pk], actor=actor) == 1
    assert recall_expenses([expense.pk], actor=actor) == 0
    discard_expense(expense.pk, actor=actor)
    assert Expense.objects.count() == 0
    assert [event.type for event in Event.objects.order_by("seq")][1:] == [
        "expense.recalled",
        "expense.discarded",
    ]


def test_an_approved_expense_is_not_entered_again(firm: Firm) -> None:
    approved = approved_expense(firm)
    actor = Actor.of(firm.consultant)
    verbs: list[Callable[[], object]] = [
        lambda: enter(firm, net="1.00"),
        lambda: discard_expense(approved.pk, actor=actor),
        lambda: submit_expenses([approved.pk], actor=actor, on=TODAY),
    ]
    before = (stored_expenses(), Event.objects.count())
    for verb in verbs:
        with pytest.raises(Refusal):
            verb()
    assert enter(firm).status == "approved"
    assert (stored_expenses(), Event.objects.count()) == before


def test_a_batch_gives_every_row_its_result(firm: Firm) -> None:
    rows = [given("1"), given("1"), given("2", net="-1"), given("3", category="meals", net="90")]
    first = send(firm.consultant, *rows, submit=True)
    assert [(one.row, str(one.outcome), one.code) for one in first.rows] == [
        (1, "created", ""),
        (2, "refused", "duplicate_in_batch"),
        (3, "refused", "amount_not_positive"),
        (4, "refused", "receipt_missing"),
    ]
    again = send(firm.consultant, given("1"), given("4"), submit=True)
    assert [str(one.outcome) for one in again.rows] == ["unchanged", "created"]
    changed = send(firm.consultant, given("1", net="99"))
    assert [str(one.outcome) for one in changed.rows] == ["updated"]
    assert [(one["source_key"], one["status"], one["net"]) for one in stored_expenses()] == [
        ("1", "submitted", 99),
        ("4", "submitted", 120),
    ]


def test_a_batch_costs_the_same_with_one_and_with_two_hundred_rows(firm: Firm) -> None:
    def cost(first: int, count: int) -> int:
        rows = [given(str(first + n)) for n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert send(firm.consultant, *rows, submit=True).counts[Outcome.CREATED] == count
        return len(captured)

    cost(0, 1)
    assert cost(5, 1) == cost(10, 200)


def test_a_key_of_somebody_else_is_refused(firm: Firm) -> None:
    other = employed_worker(firm.entity, "BEN")
    firm.assign(other, firm.project)
    send(firm.consultant, given("1"))
    (result,) = send(firm.pmo, given("1", worker="BEN")).rows
    assert result.code == "key_taken"


def test_the_database_holds_amounts_and_people_apart(firm: Firm) -> None:
    approved = approved_expense(firm)
    changes: list[dict[str, Any]] = [
        {"net": Decimal(0)},
        {"approved_by": firm.consultant.pk},
        {"approved_at": None},
    ]
    for change in changes:
        with pytest.raises(IntegrityError, match="expense_"), transaction.atomic():
            Expense.objects.filter(pk=approved.pk).update(**change)
    assert Expense.objects.get() == approved
