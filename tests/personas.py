"""The people of the tests: one fixture per role, with membership of every legal entity.

`person("finance", entity=...)` makes somebody for one entity only.
"""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from core.models import ApiToken, LegalEntity, Role, User
from tests.factories import ApiTokenFactory, MembershipFactory, UserFactory, WorkerFactory


def person(*roles: str, entity: LegalEntity | None = None, username: str = "", worker: bool = False) -> User:
    """Create somebody who holds the roles, for one legal entity or for all; with a worker if asked."""
    named = {"username": username} if username else {}
    user = UserFactory.create(first_name="A", last_name=" ".join(roles).replace("_", " "), **named)
    for role in roles:
        MembershipFactory.create(user=user, role=role, legal_entity=entity)
    if worker:
        WorkerFactory.create(user=user, name=str(user))
    return user


def page_client(user: User) -> Client:
    """Return a browser session of the person."""
    client = Client()
    client.force_login(user)
    return client


def api_client(user: User, *, scopes: tuple[str, ...] = ()) -> APIClient:
    """Return an API client that sends a bearer token of the person."""
    secret = f"tio_{user.pk}_{'_'.join(scopes)}"
    if not ApiToken.objects.filter(sha256=ApiToken.digest(secret)).exists():
        ApiTokenFactory.create(user=user, secret=secret, scopes=list(scopes))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def consultant(db: None) -> User:
    """Enters own time."""
    return person(Role.CONSULTANT, worker=True)


@pytest.fixture
def project_manager(db: None) -> User:
    """Approves the time of own projects."""
    return person(Role.PROJECT_MANAGER, worker=True)


@pytest.fixture
def pmo(db: None) -> User:
    """Approves time and contract versions."""
    return person(Role.PMO)


@pytest.fixture
def finance(db: None) -> User:
    """Prepares and releases billing."""
    return person(Role.FINANCE)


@pytest.fixture
def finance_lead(db: None) -> User:
    """Approves proposals, closes periods."""
    return person(Role.FINANCE_LEAD)


@pytest.fixture
def integration_support(db: None) -> User:
    """Watches and replays deliveries."""
    return person(Role.INTEGRATION_SUPPORT)


@pytest.fixture
def data_steward(db: None) -> User:
    """Edits master data in the administration."""
    user = person(Role.DATA_STEWARD)
    user.is_staff = True
    user.save()
    return user


@pytest.fixture
def executive(db: None) -> User:
    """Reads."""
    return person(Role.EXECUTIVE)


@pytest.fixture
def auditor(db: None) -> User:
    """Reads everything."""
    return person(Role.AUDITOR)


@pytest.fixture
def outsider(db: None) -> User:
    """Has an account and no role."""
    return person()
