"""Pages for the tests of the shell: a register over exceptions, and answers that go wrong on purpose."""

import django_filters
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from config.urls import handler404, handler500
from config.urls import urlpatterns as product
from core.models import ExceptionItem
from core.presentation.columns import Column
from core.presentation.parts import Link
from core.presentation.register import Empty, Register, register_view
from core.presentation.table import BulkAction, Table

__all__ = ["handler404", "handler500", "urlpatterns"]


class ExceptionFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label="Title", field_name="title", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label="State", choices=[("open", "Open"), ("resolved", "Resolved")])


REGISTER = Register(
    "Test exceptions",
    Table(
        columns=(
            Column(
                "number", "Number", "id", sort="number", lead=True, link=lambda row: f"?item={row.number}"
            ),
            Column("title", "Exception", detail="flow"),
            Column("money_at_risk", "At stake", "money", currency="currency", sort="money_at_risk"),
            Column("state", "State", "state"),
        ),
        order="number",
        noun=("exception", "exceptions"),
        amount="money_at_risk",
        page_size=5,
        bulk=(BulkAction("Resolve", "test-resolve", "E", primary=True),),
    ),
    Empty("No exceptions"),
    ExceptionFilter,
    actions=(Link("Break something", "/test/broken/"),),
)


@login_required
def exceptions(request: HttpRequest) -> HttpResponseBase:
    return register_view(request, REGISTER, ExceptionItem.objects.all())


@require_POST
def resolve(request: HttpRequest) -> HttpResponse:
    """Answer a bulk action with what was posted."""
    posted = request.POST
    text = f"{len(posted.getlist('selected'))} {posted['everything']} {posted['expected_count']}"
    # Without the link the browser asks for /favicon.ico.
    return HttpResponse(f'<link rel="icon" href="data:,">{text}')


def toast(request: HttpRequest) -> HttpResponse:
    message = {"message": "Resolved", "undo": "/test/undo/"}
    return trigger_client_event(HttpResponse("<p>done</p>"), "toast", message)


urlpatterns = [
    path("test/exceptions/", exceptions, name="test-exceptions"),
    path("test/resolve/", resolve, name="test-resolve"),
    path("test/toast/", toast, name="test-toast"),
    *product,
]
