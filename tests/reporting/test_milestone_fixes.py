"""The exception of a milestone that waits says since when, what it holds back, and leads to the milestone."""

from datetime import date

import pytest
from django.urls import reverse

from core.actors import Actor
from core.models import ExceptionItem, User
from projects.actions.follow_up import note_unsigned
from tests.personas import page_client
from tests.projects.fixed_fees import waiting

pytestmark = pytest.mark.django_db


def test_a_waiting_milestone_leads_to_where_it_is_signed(pmo: User) -> None:
    milestone = waiting({"name": "Go live"}, on=date(2026, 11, 2))
    note_unsigned(on=date(2026, 11, 20), actor=Actor.system("milestones"))
    item = ExceptionItem.objects.get()
    html = page_client(pmo).get(reverse("exceptions"), {"item": item.number}).content.decode()
    assert f'href="{reverse("milestone", args=[milestone.code])}"' in html
    for said in ("Go live waits for its sign-off", "Get it signed off", "£100,000.00", "May wait"):
        assert said in html
