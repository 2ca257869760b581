"""Approvals of expenses: what waits for the person, one of them open, and the decisions."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from core.actors import Actor
from core.errors import Invalid
from core.identifiers import parse_uuid
from core.pages import page, person_of
from core.presentation.formats import counted
from core.presentation.register import is_fragment
from core.presentation.selection import BULK_LIMIT, NothingSelected, TooManySelected
from timesheets.actions.expense_decisions import DecidedExpenses, approve_expenses, reject_expenses
from timesheets.forms.deciding import ReasonForm
from timesheets.tables.expenses import ExpenseApprovalsPage

TEMPLATE = "approvals/expenses.html"
PARTS = {"results": "#results", "inspector": "#inspector", "queue": "#queue"}


@page("expense.approve")
def approvals(request: HttpRequest) -> HttpResponseBase:
    """Show what waits, or the part of it a fragment request asks for."""
    return _shown(request)


@require_POST
@page("expense.approve")
def approve(request: HttpRequest) -> HttpResponseBase:
    """Approve the selected expenses as they were seen."""
    decided = approve_expenses(_selected(request.POST), actor=Actor.of(person_of(request)))
    return _decided(request, decided, "approved")


@page("expense.approve")
def reject(request: HttpRequest) -> HttpResponseBase:
    """Ask for the reason, then send the selected expenses back."""
    given = request.POST if request.method == "POST" else request.GET
    seen = _selected(given)
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if not form.is_valid():
        return _reason_dialog(request, form, given.getlist("selected"))
    reason = form.cleaned_data["reason"]
    decided = reject_expenses(seen, actor=Actor.of(person_of(request)), reason=reason)
    return _decided(request, decided, "sent back")


def _selected(posted: QueryDict) -> dict[uuid.UUID, int | None]:
    """Return the ticked expenses with the version seen; refuse none, and more than 1,000 at once."""
    seen: dict[uuid.UUID, int | None] = {}
    for key in posted.getlist("selected"):
        text, _, version = key.partition(".")
        identifier = parse_uuid(text)
        if identifier is None or not (version.isdigit() and len(version) < 10):
            raise Invalid("The selection names an expense that does not exist.", field="selected")
        seen[identifier] = int(version)
    if not seen:
        raise NothingSelected("Select at least one expense first.", field="selected")
    if len(seen) > BULK_LIMIT:
        raise TooManySelected(
            f"At most {BULK_LIMIT:,} expenses at once: narrow the filter.", field="selected"
        )
    return seen


def _reason_dialog(request: HttpRequest, form: ReasonForm, keys: list[str]) -> HttpResponse:
    context = {
        "title": f"Send back {counted(len(keys), 'expense')}",
        "action": request.get_full_path(),
        "button": "Send back",
        "form": form,
        "hidden": [("selected", key) for key in keys],
    }
    part = "#dialog" if is_fragment(request) else ""
    return render(request, f"approvals/reject.html{part}", context, status=422 if form.is_bound else 200)


def _decided(request: HttpRequest, decided: DecidedExpenses, what: str) -> HttpResponse:
    done = f"{counted(decided.expenses, 'expense')} {what}"
    message = done if decided.expenses else "Nothing was left to decide"
    if not is_fragment(request):
        messages.success(request, message)
        address = ExpenseApprovalsPage(person_of(request), request.GET).address
        return redirect(reverse("expense_approvals") + address)
    answer = _shown(request, part="#queue")
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#queue", "outerHTML"
    trigger_client_event(answer, "closeDialog", {})
    return trigger_client_event(answer, "toast", {"message": message})


def _shown(request: HttpRequest, part: str = "") -> HttpResponse:
    asked = part or (PARTS.get(request.headers.get("HX-Target", ""), "") if is_fragment(request) else "")
    context = {"page": ExpenseApprovalsPage(person_of(request), request.GET)}
    return render(request, f"{TEMPLATE}{asked}", context)
