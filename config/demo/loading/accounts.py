"""The people who sign in, with their roles, and the service account with its token."""

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from config.demo.cast import Cast
from config.demo.firm.people import PASSWORD, PEOPLE, SERVICE_ACCOUNT, PersonSpec
from config.demo.loading.entering import enter
from core.actions.tokens import issue_token
from core.models import LegalEntity, Membership, Role, User

_SINCE = date(2020, 1, 1)
_A_YEAR = timedelta(days=365)


def load_accounts() -> None:
    """Enter one person per role and the service account; all people share the demo's password."""
    # Hashing is slow on purpose, and here every password is the same.
    password = make_password(PASSWORD)
    users = enter(_user(person, password) for person in PEOPLE)
    (service,) = enter([User(username=SERVICE_ACCOUNT, first_name="Worklog", is_service_account=True)])
    entities = {entity.code: entity for entity in LegalEntity.objects.all()}
    enter(
        _membership(user, person.role, entities.get(person.entity))
        for user, person in zip(users, PEOPLE, strict=True)
    )
    enter([_membership(service, Role.INTEGRATION_SUPPORT, None)])


def issue_service_token(cast: Cast) -> str:
    """Give the service account a token for a year and return its secret, which is stored nowhere."""
    service = User.objects.get(username=SERVICE_ACCOUNT)
    issued = issue_token(
        service.pk,
        name="Worklog import",
        scopes=(),
        expires_at=timezone.now() + _A_YEAR,
        actor=cast.steward,
    )
    return issued.secret


def _user(person: PersonSpec, password: str) -> User:
    return User(
        username=person.username,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{person.username}@ardley.example",
        password=password,
        is_staff=person.role == Role.DATA_STEWARD,
    )


def _membership(user: User, role: str, entity: LegalEntity | None) -> Membership:
    return Membership(user=user, role=role, legal_entity=entity, valid=DateRange(_SINCE, None))
