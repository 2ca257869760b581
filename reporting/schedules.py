"""Jobs by the clock that read across all apps."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from core.actors import Actor
from core.presentation.formats import counted
from core.reactions import run_reactions
from core.scheduling.registry import scheduled
from reporting.actions.invariants import judge_invariants
from reporting.invariants import names
from reporting.invariants.offences import offences

# Between a change and its reaction an invariant may be open for a moment: what offends must do so twice.
BETWEEN_LOOKS_SECONDS = 60


@scheduled("invariants", offset=timedelta(hours=3))
def check_invariants(due_at: datetime, sleep: Callable[[float], None] = time.sleep) -> str:
    """Make every object that breaks an invariant, twice in a row, an exception; close those that are over."""
    found = offences()
    if found:
        run_reactions()
        sleep(BETWEEN_LOOKS_SECONDS)
        first = {offence.key for listed in found.values() for offence in listed}
        found = {name: [one for one in listed if one.key in first] for name, listed in offences().items()}
    count = judge_invariants(found, actor=Actor.system("invariants"))
    return f"{counted(count, 'offender')}." if count else f"All {len(names())} invariants hold."
