"""People: entered with their roles, the first of them from the command line."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils import timezone

from core.actions.people import Held, PersonFields, enter_person
from core.actors import Actor
from core.errors import Refusal
from core.models import Event, Membership, User
from core.permissions import memberships
from tests.factories import LegalEntityFactory

PASSWORD = "walnut-anvil-94"
TODAY = date(2026, 11, 20)
JONAS = PersonFields("jonas", "Jonas", "Weber", "jonas@firm.example")


def enter(actor: Actor, **changes: Any) -> User:
    given: dict[str, Any] = {"password": PASSWORD, "roles": [Held("data_steward")], **changes}
    return enter_person(given.pop("person", JONAS), **given, starts_on=TODAY, actor=actor)


def test_a_person_holds_the_roles_from_the_day_on(data_steward: User) -> None:
    uk = LegalEntityFactory.create(code="UK")
    roles = [Held("finance", "UK"), Held("auditor"), Held("auditor")]
    user = enter(Actor.of(data_steward), roles=roles)
    held = Membership.objects.filter(user=user).order_by("role")
    assert list(held.values_list("role", "legal_entity", "valid")) == [
        ("auditor", None, DateRange(TODAY, None)),
        ("finance", uk.pk, DateRange(TODAY, None)),
    ]
    assert (str(user), user.is_staff) == ("Jonas Weber", False)
    event = Event.objects.get()
    assert (event.type, event.aggregate_id, event.actor) == (
        "person.entered",
        user.pk,
        f"user:{data_steward.pk}",
    )
    assert event.payload == {
        "username": "jonas",
        "roles": ["auditor", "finance:UK"],
        "starts_on": "2026-11-20",
    }


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"person": PersonFields("")}, "invalid", "username"),
        ({"person": PersonFields("not a name")}, "invalid", "username"),
        ({"person": PersonFields("jonas", email="nowhere")}, "invalid", "email"),
        ({"person": PersonFields("TAKEN")}, "username_taken", "username"),
        ({"password": "short"}, "weak_password", "password"),
        ({"password": "password123"}, "weak_password", "password"),
        ({"roles": []}, "unknown_role", "roles"),
        ({"roles": [Held("king")]}, "unknown_role", "roles"),
        ({"roles": [Held("finance", "XX")]}, "unknown_entity", "roles"),
    ],
)
def test_unfit_people_are_refused(data_steward: User, changes: dict[str, Any], code: str, field: str) -> None:
    User.objects.create(username="taken")
    before = set(User.objects.values_list("username")), Membership.objects.count()
    with pytest.raises(Refusal) as refusal:
        enter(Actor.of(data_steward), **changes)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert (set(User.objects.values_list("username")), Membership.objects.count()) == before
    assert not Event.objects.exists()


def test_only_stewards_enter_people(finance: User) -> None:
    with pytest.raises(Refusal) as refusal:
        enter(Actor.of(finance))
    assert (refusal.value.code, User.objects.filter(username="jonas").count()) == ("forbidden", 0)


def test_the_first_steward_of_an_empty_installation_signs_in(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_NEW_PASSWORD", PASSWORD)
    out = StringIO()
    call_command("create_person", "jonas", "--role", "data_steward", stdout=out)
    user = User.objects.get()
    assert out.getvalue() == "jonas may sign in now.\n"
    assert memberships(user, on=timezone.localdate()) == [("data_steward", None)]
    browser = Client()
    assert browser.login(username="jonas", password=PASSWORD)
    assert browser.get("/admin/core/membership/add/").status_code == 200
    everything = str(list(User.history.values())) + str(list(Event.objects.values()))
    assert PASSWORD not in everything


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (["jonas"], PASSWORD, "Name at least one role: "),
        (["jonas", "--role", "king"], PASSWORD, "There is no role 'king'; there are "),
        (["jonas", "--role", "finance:XX"], PASSWORD, "There is no legal entity 'XX'."),
        (["jonas", "--role", "auditor"], "jonas", "This password is too short. "),
        (["jonas", "--role", "auditor"], None, "There is no terminal to ask for the password: "),
    ],
)
def test_the_command_refuses_with_a_sentence(
    db: None, monkeypatch: pytest.MonkeyPatch, arguments: list[str], password: str | None, sentence: str
) -> None:
    if password is not None:
        monkeypatch.setenv("TIEOUT_NEW_PASSWORD", password)
    with pytest.raises(CommandError) as refusal:
        call_command("create_person", *arguments)
    assert str(refusal.value).startswith(sentence)
    assert not User.objects.exists()


def test_two_different_passwords_enter_nobody(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, "something else"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("core.management.commands.create_person.getpass", lambda prompt: next(typed))
    with pytest.raises(CommandError, match="The two passwords differ"):
        call_command("create_person", "jonas", "--role", "auditor")
    assert not User.objects.exists()
