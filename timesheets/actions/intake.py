"""Take in time from outside: API batches and files."""

import re
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from core.actors import Actor
from core.errors import Forbidden, Invalid
from core.verbs import verb
from timesheets.intake import noting, staging
from timesheets.intake.lines import OWN_SYSTEM, Line
from timesheets.intake.results import IntakeResult
from timesheets.intake.staging import Terms
from timesheets.policies import reach

_SYSTEM = re.compile(r"[a-z0-9][a-z0-9._-]{0,29}")


class UnknownSource(Invalid):
    """Rows name no system they come from, or ours."""

    code = "source_system_invalid"


@verb
def record_time(
    lines: Sequence[Line], *, actor: Actor, on: date, submit: bool = False, reason: str = ""
) -> IntakeResult:
    """Record every good line as draft, or submitted, time and return a result per line.

    A line is known by its source system and key: the same again is unchanged, other content updates
    what is not approved yet, and is refused after approval. Lines are refused one by one; the others
    stand. Records one event per week of a worker. `on` is today: time may lie up to 31 days ahead.
    """
    terms = Terms(actor, on, submit=submit)
    _may_record(actor)
    staging.check(lines, terms)
    if staging.write(terms):
        noting.note_intake(submitted=submit)
    return staging.results(lines)


def try_time(lines: Sequence[Line], *, actor: Actor, on: date, submit: bool = False) -> IntakeResult:
    """Return what record_time would answer, and write nothing."""
    terms = Terms(actor, on, submit=submit)
    _may_record(actor)
    with transaction.atomic():
        staging.check(lines, terms)
        found = staging.results(lines)
        transaction.set_rollback(True)
    return found


def source_system(name: str) -> str:
    """Return the name of a source system as it is stored; refuse ours and what is no name."""
    if not _SYSTEM.fullmatch(name) or name == OWN_SYSTEM:
        raise UnknownSource(
            "Name the system the rows come from: up to 30 lower-case letters, digits, dots, dashes or"
            f" underscores, and not {OWN_SYSTEM}.",
            field="source_system",
        )
    return name


def _may_record(actor: Actor) -> None:
    if not reach(actor.user, "time.enter").own and not reach(actor.user, "time.enter_for_others").own:
        raise Forbidden("You may read time, but not enter it.")
