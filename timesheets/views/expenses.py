"""Expenses: the register, one expense with its receipt, entering and changing it."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.models import ExpenseCategory
from core.actors import Actor
from core.attachments import as_download
from core.errors import Forbidden, Invalid, NotFound, Refusal
from core.pages import page, person_of
from core.presentation.parts import Tab
from core.presentation.register import is_fragment, register_view
from projects.models import Worker
from timesheets.actions.expense_corrections import correct_expense, withdraw_expense_correction
from timesheets.actions.expenses import (
    RELATED,
    discard_expense,
    enter_expense,
    recall_expenses,
    submit_expenses,
)
from timesheets.forms.expenses import ExpenseCorrectionForm, ExpenseForm, values_of
from timesheets.intake.expenses.writing import new_key
from timesheets.models import Expense
from timesheets.queries.expense_chains import ExpensePage, expense_page
from timesheets.queries.visible import tasks_open_to, visible_expenses, visible_workers
from timesheets.registers import EXPENSES

FORM = "expenses/form.html"
LOOK_BACK = timedelta(days=120)


@page("expense.view")
def expenses(request: HttpRequest) -> HttpResponseBase:
    """Show one's own expenses, or every one the person may see."""
    user = person_of(request)
    rows = visible_expenses(user).select_related("worker", "project", "category")
    worker = Worker.objects.filter(user=user).first()
    mine = worker is not None and request.GET.get("whose", "mine") == "mine"
    tabs = (
        Tab("My expenses", "?whose=mine", current=mine),
        Tab("Everybody's", "?whose=all", current=not mine),
    )
    shown = rows.filter(worker=worker) if mine else rows
    return register_view(request, EXPENSES, shown, tabs=tabs if worker else ())


@page("expense.view")
def expense(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Show an expense with its receipt, its chain and what may be done."""
    return render(request, "expenses/expense.html", {"page": _page(request, pk)})


@page("expense.view")
def expense_receipt(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Hand out the receipt of an expense the person may see."""
    shown = _page(request, pk).expense
    if shown.receipt is None:
        raise NotFound("This expense has no receipt.")
    return as_download(shown.receipt)


@page("expense.enter")
def expense_new(request: HttpRequest) -> HttpResponseBase:
    """Enter an expense, as draft or submitted at once."""
    worker = _worker(request)
    form = _form(
        request, worker, None, ExpenseForm, {"spent_on": timezone.localdate(), "currency": _home(worker)}
    )
    if _wants_amounts(request):
        return render(request, f"{FORM}#amounts", {"form": form})
    if (
        request.method == "POST"
        and form.is_valid()
        and (saved := _save(request, form, worker, new_key("expense")))
    ):
        return _done(request, saved)
    return _shown(request, form, {"title": "New expense", "worker": worker})


@page("expense.enter")
def expense_edit(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Change an expense that is not approved yet."""
    found = _page(request, pk)
    stored = found.expense
    if not (found.may_edit or found.may_recall):
        return redirect("expense", pk)
    form = _form(request, stored.worker, stored, ExpenseForm, values_of(stored))
    if _wants_amounts(request):
        return render(request, f"{FORM}#amounts", {"form": form})
    if (
        request.method == "POST"
        and form.is_valid()
        and (saved := _save(request, form, stored.worker, stored.source_key, stored))
    ):
        return _done(request, saved)
    return _shown(request, form, {"title": "Change the expense", "worker": stored.worker, "expense": stored})


@page("expense.enter")
def expense_correct(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Ask for a correction of an approved expense."""
    found = _page(request, pk)
    stored = found.expense
    if not found.may_correct:
        return redirect("expense", pk)
    form = _form(request, stored.worker, stored, ExpenseCorrectionForm, values_of(stored))
    if _wants_amounts(request):
        return render(request, f"{FORM}#amounts", {"form": form})
    if request.method == "POST" and form.is_valid() and _correct(request, form, stored):
        messages.success(request, "The correction waits for approval by another person.")
        return redirect("expense", pk)
    context = {"title": "Correct the expense", "worker": stored.worker, "expense": stored, "correcting": True}
    return _shown(request, form, context)


@require_POST
@page("expense.enter")
def expense_act(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """Submit, take back or throw away an expense, or withdraw its correction."""
    stored, actor = _page(request, pk).expense, Actor.of(person_of(request))
    match kind:
        case "submit":
            submit_expenses([stored.pk], actor=actor, on=timezone.localdate())
            messages.success(request, "Submitted for approval.")
        case "recall":
            recall_expenses([stored.pk], actor=actor)
            messages.success(request, "Taken back: you can change it again.")
        case "discard":
            discard_expense(stored.pk, actor=actor)
            messages.success(request, "The expense was thrown away.")
            return redirect("expenses")
        case "withdraw":
            withdraw_expense_correction(stored.pk, actor=actor)
            messages.success(request, "The correction was withdrawn: the expense counts as it is.")
        case _:
            raise NotFound("There is no such step.")
    return redirect("expense", pk)


def _page(request: HttpRequest, pk: UUID) -> ExpensePage:
    user = person_of(request)
    rows = visible_expenses(user).select_related(*RELATED, "submitted_by", "approved_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such expense, or you may not see it.")
    return expense_page(found, user)


def _worker(request: HttpRequest) -> Worker:
    user = person_of(request)
    asked = request.GET.get("worker", "")
    found = visible_workers(user).filter(code=asked) if asked else Worker.objects.filter(user=user)
    worker = found.first()
    if worker is None:
        raise Invalid("You have no expenses of your own: open the page with ?worker= and a worker's code.")
    return worker


def _form(
    request: HttpRequest,
    worker: Worker,
    stored: Expense | None,
    kind: type[ExpenseForm],
    initial: dict[str, object],
) -> ExpenseForm:
    posted = request.method == "POST"
    asked = (request.POST if posted else request.GET).get("category") or initial.get("category")
    category = ExpenseCategory.objects.filter(code=asked).first()
    today = timezone.localdate()
    tasks = list(tasks_open_to(worker, today - LOOK_BACK, today))
    if stored is not None:
        tasks.append(stored.task)
    given = (request.POST, request.FILES) if posted else (None, None)
    start = initial if posted else {**initial, **({"category": asked} if asked else {})}
    return kind(*given, initial=start, tasks=tasks, category=category)


def _home(worker: Worker) -> str:
    """Return the currency of the worker's legal entity."""
    employment = worker.employments.select_related("legal_entity").order_by("-valid").first()
    return employment.legal_entity.base_currency_id if employment else ""


def _save(
    request: HttpRequest, form: ExpenseForm, worker: Worker, key: str, stored: Expense | None = None
) -> Expense | None:
    seen = request.POST.get("seen", "")
    try:
        return enter_expense(
            form.line(worker.code, key, stored.source_system if stored else "tieout"),
            actor=Actor.of(person_of(request)),
            on=timezone.localdate(),
            receipt=form.upload(),
            submit=request.POST.get("do") == "submit",
            expected_version=int(seen) if stored and seen.isdigit() else None,
        )
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        form.show(refusal.field, refusal.sentence)
        return None


def _correct(request: HttpRequest, form: ExpenseForm, stored: Expense) -> bool:
    void = form.cleaned_data["void"]
    try:
        correct_expense(
            stored.pk,
            actor=Actor.of(person_of(request)),
            on=timezone.localdate(),
            reason=form.cleaned_data["reason"],
            line=None if void else form.line(stored.worker.code, stored.source_key),
            receipt=None if void else form.upload(),
        )
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        form.show(refusal.field, refusal.sentence)
        return False
    return True


def _done(request: HttpRequest, saved: Expense) -> HttpResponse:
    sent = saved.status == "submitted"
    messages.success(request, "Submitted for approval." if sent else "Saved as draft.")
    return redirect("expense", saved.pk)


def _wants_amounts(request: HttpRequest) -> bool:
    return is_fragment(request) and request.headers.get("HX-Target") == "amounts"


def _shown(request: HttpRequest, form: ExpenseForm, context: dict[str, object]) -> HttpResponse:
    status = 422 if form.is_bound else 200
    here = request.get_full_path()
    return render(request, FORM, {"form": form, "here": here, **context}, status=status)
