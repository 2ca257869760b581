"""The first page after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.pages import page, person_of
from reporting.home.roles import home_of


@page()
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, by role."""
    user, now = person_of(request), timezone.now()
    context = {
        "home": home_of(user, now=now),
        "greeting": f"Good {_part_of_day(timezone.localtime(now).hour)}, {user.first_name or user}",
        "today": timezone.localdate(now),
    }
    return render(request, "reporting/home.html", context)


def _part_of_day(hour: int) -> str:
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
