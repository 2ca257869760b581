"""Enter people with the roles they hold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange

from core.actors import Actor
from core.errors import Invalid
from core.event_types import PersonEntered
from core.events import record
from core.models import LegalEntity, Membership, Role, User
from core.permissions import require
from core.rows import check_fields
from core.verbs import verb


class UsernameTaken(Invalid):
    """Somebody else signs in by this name."""

    code = "username_taken"


class UnknownRole(Invalid):
    """Roles are those of the table of permissions."""

    code = "unknown_role"


class UnknownEntity(Invalid):
    """No legal entity has this code."""

    code = "unknown_entity"


class WeakPassword(Invalid):
    """The password is too easy to guess."""

    code = "weak_password"


@dataclass(frozen=True)
class Held:
    """A role, for the legal entity with this code or, without one, for all of them."""

    role: str
    entity: str = ""

    def __str__(self) -> str:
        return f"{self.role}:{self.entity}" if self.entity else self.role


@dataclass(frozen=True)
class PersonFields:
    """Who somebody is."""

    username: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


@verb
def enter_person(
    person: PersonFields, *, password: str, roles: Collection[Held], starts_on: date, actor: Actor
) -> User:
    """Enter a person who may sign in and holds these roles from a day on.

    Data stewards may also use the data administration. The password is kept as a hash only, and in no event.
    """
    require(actor, "data.administer")
    user = _user(person)
    _refuse_weak(password, user)
    user.set_password(password)
    held = _entities(roles)
    user.is_staff = any(role == Role.DATA_STEWARD for role, _ in held)
    user.save()
    valid = DateRange(starts_on, None)
    Membership.objects.bulk_create(
        Membership(user=user, role=role, legal_entity=entity, valid=valid) for role, entity in held
    )
    record(user, PersonEntered(user.username, sorted(map(str, set(roles))), starts_on))
    return user


def _user(person: PersonFields) -> User:
    user = User(
        username=User.normalize_username(person.username.strip()),
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
    )
    check_fields(user, dict.fromkeys(("username", "first_name", "last_name", "email")))
    if User.objects.filter(username__iexact=user.username).exists():
        raise UsernameTaken(f"There is already an account {user.username}.", field="username")
    return user


def _refuse_weak(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field="password") from error


def _entities(roles: Collection[Held]) -> set[tuple[str, LegalEntity | None]]:
    if not roles:
        raise UnknownRole(f"Name at least one role: {', '.join(Role.values)}.", field="roles")
    known = {entity.code: entity for entity in LegalEntity.objects.all()}
    for held in roles:
        if held.role not in Role.values:
            raise UnknownRole(
                f"There is no role {held.role!r}; there are {', '.join(Role.values)}.", field="roles"
            )
        if held.entity and held.entity not in known:
            raise UnknownEntity(f"There is no legal entity {held.entity!r}.", field="roles")
    return {(held.role, known.get(held.entity)) for held in roles}
