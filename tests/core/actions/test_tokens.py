"""Tokens: issued to service accounts, shown once, stored as a hash, revoked at once."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.actions.tokens import issue_token, revoke_token
from core.actors import Actor
from core.errors import Refusal
from core.models import ApiToken, Event, User
from tests.factories import UserFactory
from tests.personas import api_client

LATER = timezone.now() + timedelta(days=1)


@pytest.fixture
def account(db: None) -> User:
    return UserFactory.create(username="crm", is_service_account=True)


def test_only_the_hash_is_stored_anywhere(data_steward: User, account: User) -> None:
    issued = issue_token(
        account.pk, name="CRM", scopes=["entity.view"], expires_at=LATER, actor=Actor.of(data_steward)
    )
    stored = str(list(ApiToken.objects.values())) + str(list(ApiToken.history.values()))
    assert issued.secret not in stored + str(list(Event.objects.values()))
    assert ApiToken.objects.get().sha256 == ApiToken.digest(issued.secret)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scopes": ["everything"]}, "unknown_scope"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "invalid"),
    ],
)
def test_unfit_tokens_are_refused(
    data_steward: User, account: User, changes: dict[str, Any], code: str
) -> None:
    wanted: dict[str, Any] = {"name": "CRM", "scopes": [], "expires_at": LATER, **changes}
    with pytest.raises(Refusal) as refusal:
        issue_token(account.pk, **wanted, actor=Actor.of(data_steward))
    assert (refusal.value.code, ApiToken.objects.count(), Event.objects.count()) == (code, 0, 0)


def test_people_get_no_tokens_and_others_issue_none(data_steward: User, finance: User, account: User) -> None:
    with pytest.raises(Refusal) as refusal:
        issue_token(finance.pk, name="x", scopes=[], expires_at=LATER, actor=Actor.of(data_steward))
    assert refusal.value.code == "not_a_service_account"
    with pytest.raises(Refusal) as refusal:
        issue_token(account.pk, name="x", scopes=[], expires_at=LATER, actor=Actor.of(finance))
    assert (refusal.value.code, ApiToken.objects.count()) == ("forbidden", 0)


def test_a_revoked_token_stops_at_once(data_steward: User, finance: User) -> None:
    client = api_client(finance)
    assert client.get("/api/v1/exceptions").status_code == 200
    revoke_token(ApiToken.objects.get().pk, actor=Actor.of(data_steward), now=timezone.now())
    assert client.get("/api/v1/exceptions").status_code == 401
    assert Event.objects.get().type == "token.revoked"


def test_the_command_prints_the_secret_once(account: User) -> None:
    out = StringIO()
    call_command("create_token", "crm", "--scope", "entity.view", "--days", "3", stdout=out)
    token = ApiToken.objects.get()
    assert ApiToken.digest(out.getvalue().strip()) == token.sha256
    assert (token.scopes, token.expires_at.date()) == (
        ["entity.view"],
        (timezone.now() + timedelta(days=3)).date(),
    )


@pytest.mark.parametrize("arguments", [["nobody"], ["crm", "--scope", "all"], ["crm", "--days", "0"]])
def test_the_command_refuses_with_a_sentence(account: User, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("create_token", *arguments)
    assert ApiToken.objects.count() == 0
