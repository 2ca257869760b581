"""Optimistic locking over HTTP: ETag out, If-Match in."""

from typing import Any

from rest_framework.request import Request

from core.errors import Refusal, Stale


class IfMatchRequired(Refusal):
    """A change must name the version it was made from."""

    code = "if_match_required"
    status = 428


def etag_of(row: Any) -> str:
    """Return the entity tag of a versioned row, or nothing for rows that never change."""
    version = getattr(row, "version", None)
    return f'"{row.pk}.{version}"' if version is not None else ""


def check_if_match(request: Request, row: Any) -> None:
    """Refuse a change without If-Match (428) or made from an older version (412).

    Call it with the row locked, so that the version cannot move between the check and the change.
    """
    given = request.headers.get("If-Match")
    if given is None:
        raise IfMatchRequired("Send the ETag you read as If-Match, so that no change of others is lost.")
    if given.strip() != "*" and etag_of(row) not in {tag.strip() for tag in given.split(",")}:
        raise Stale("This was changed by somebody else since you read it: read it again.")
