"""Time-ordered identifiers: the same UUIDv7 from Python and from SQL."""

import uuid

from django.db.models import Func, UUIDField
from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """Return a new time-ordered identifier."""
    return _uuid7()


class UUIDv7(Func):
    """PostgreSQL 18's own generator, used as the column default so that raw SQL inserts get ids too."""

    function = "uuidv7"
    output_field = UUIDField()


def parse_uuid(text: str) -> uuid.UUID | None:
    """Return the identifier a text stands for, or None where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
