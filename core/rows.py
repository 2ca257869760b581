"""Lock and change single rows. Steps: they need an open transaction and open none themselves."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, models

from core.errors import Invalid, NotFound, Stale
from core.models import Canonical

Row = TypeVar("Row", bound=Canonical)
_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")


class CodeTaken(Invalid):
    """Another object already carries this code."""

    code = "code_taken"


def locked(model: type[Row], identifier: uuid.UUID, *, expected_version: int | None = None) -> Row:
    """Return the row locked FOR NO KEY UPDATE; refuse one that is gone or newer than expected."""
    row = model._default_manager.select_for_update(no_key=True).filter(pk=identifier).first()
    if row is None:
        raise NotFound(f"This {model._meta.verbose_name} does not exist.")
    if expected_version is not None and row.version != expected_version:
        raise Stale(f"This {model._meta.verbose_name} was changed since you read it: load it again.")
    return row


def save_changes(
    row: Row, changes: Mapping[str, object], *, check: Callable[[Row], None] | None = None
) -> list[str]:
    """Save the fields that differ and return their names; refuse a value its field does not accept.

    `check` is asked about the changed row before it is saved.
    """
    differing = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    if differing:
        check_fields(row, differing)
        if check:
            check(row)
        row.save(update_fields=list(differing))
        row.refresh_from_db(fields=["version", "updated_at"])
    return sorted(differing)


def check_fields(row: models.Model, names: Mapping[str, object] | None = None) -> None:
    """Refuse the first field whose value its own definition does not accept; `names` narrows the check."""
    checked = {row._meta.get_field(name).name for name in names} if names is not None else None
    everything = {field.name for field in row._meta.concrete_fields}
    try:
        row.clean_fields(
            exclude=everything - checked if checked is not None else {"id", "created_at", "updated_at"}
        )
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        label = str(row._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
        raise Invalid(f"{label[:1].upper()}{label[1:]}: {sentences[0]}", field=field) from error


def code_for(model: type[models.Model], given: str, *, prefix: str, sequence: str) -> str:
    """Return the given code, or the next free one of the sequence; refuse a taken or malformed code."""
    code = given.strip()
    if not code:
        return _next_code(model, prefix, sequence)
    length = model._meta.get_field("code").max_length or 20  # type: ignore[union-attr]
    # Codes stand in addresses, where "new" is the form for the next one.
    if len(code) > length or not _CODE.match(code) or code.lower() == "new":
        raise Invalid(
            f"A code has up to {length} letters, digits, dots, dashes or underscores.", field="code"
        )
    if model._default_manager.filter(code=code).exists():
        raise CodeTaken(
            f"The code {code} is already taken by another {model._meta.verbose_name}.", field="code"
        )
    return code


def _next_code(model: type[models.Model], prefix: str, sequence: str) -> str:
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s::regclass)", [sequence])
            code = f"{prefix}-{(cursor.fetchone() or [0])[0]}"
        if not model._default_manager.filter(code=code).exists():
            return code
