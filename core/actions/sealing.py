"""Say when the event log no longer holds, and when it does again."""

import uuid

from core.actors import Actor
from core.exceptions import Cause, close_exceptions, open_exception
from core.sealing.verify import Verdict
from core.verbs import verb

_KEY = "event_log"
# The log is one thing without a row of its own.
_LOG = uuid.UUID(int=0)
_SHOWN = 5


@verb
def judge_log(verdict: Verdict, *, actor: Actor) -> None:
    """Open an exception for a log that does not hold, naming the first findings; close it when it holds."""
    if not verdict.findings:
        close_exceptions([_KEY], resolution="The event log holds.", actor=actor)
        return
    sentences = [finding.sentence for finding in verdict.findings]
    cause = Cause(
        code="log_broken",
        key=_KEY,
        title="The event log is not what was sealed",
        object_type="core.event",
        object_id=_LOG,
        kind="technical",
        object_label="Event log",
        flow="audit",
        team="integration_support",
        evidence={"sentence": " ".join(sentences[:_SHOWN]), "findings": len(sentences)},
    )
    open_exception(cause, actor=actor)
