"""What ran by the clock."""

from django.http import HttpRequest, HttpResponseBase

from core.pages import page
from core.presentation.register import register_view
from core.registers import SCHEDULES, slots


@page("integration.view")
def schedules(request: HttpRequest) -> HttpResponseBase:
    """Show each time at which a job was due, with its outcome."""
    return register_view(request, SCHEDULES, slots())
