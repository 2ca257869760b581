"""The words of the product for states: one vocabulary for badge, filter, API and export."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """What people read for a state, and the tone of its badge (ok, warn, bad, info, hold, mute)."""

    text: str
    tone: str


# A state means the same for every object; where it does not, the object's name precedes it.
WORDS: dict[str, Word] = {
    "draft": Word("Draft", "mute"),
    "ready": Word("Ready", "ok"),
    "needs_attention": Word("Needs attention", "warn"),
    "on_hold": Word("On hold", "hold"),
    "held": Word("On hold", "hold"),
    "submitted": Word("Submitted", "info"),
    "in_review": Word("Awaiting approval", "info"),
    "approved": Word("Approved", "ok"),
    "rejected": Word("Rejected", "bad"),
    "corrected": Word("Corrected", "mute"),
    "superseded": Word("Superseded", "mute"),
    "cancelled": Word("Cancelled", "mute"),
    "discarded": Word("Discarded", "mute"),
    "releasing": Word("Posting", "info"),
    "posting": Word("Posting", "info"),
    "posted": Word("Posted", "ok"),
    "refused": Word("Rejected by ERP", "bad"),
    "credited": Word("Credited", "mute"),
    "planned": Word("Planned", "mute"),
    "provisioning": Word("Being set up", "info"),
    "active": Word("Active", "ok"),
    "inactive": Word("Inactive", "mute"),
    "blocked": Word("Blocked", "bad"),
    "completed": Word("Completed", "ok"),
    "terminated": Word("Terminated", "mute"),
    "proposed": Word("Proposed", "info"),
    "confirmed": Word("Confirmed", "ok"),
    "ended": Word("Ended", "mute"),
    "invoiced": Word("Invoiced", "ok"),
    "non_billable": Word("Not billable", "mute"),
    "unpriced": Word("No price", "bad"),
    "fixed_fee": Word("Fixed fee", "mute"),
    "below_required": Word("Below required", "warn"),
    "over_cap": Word("Over cap", "bad"),
    "over_order": Word("Over purchase order", "bad"),
    "written_off": Word("Written off", "mute"),
    "unpaid": Word("Unpaid", "warn"),
    "part_paid": Word("Part paid", "info"),
    "paid": Word("Paid", "ok"),
    "open": Word("Open", "warn"),
    "in_progress": Word("In progress", "info"),
    "snoozed": Word("Snoozed", "hold"),
    "resolved": Word("Resolved", "ok"),
    "waived": Word("Waived", "mute"),
    "duplicate": Word("Duplicate", "mute"),
    "explained": Word("Explained", "info"),
    "matched": Word("Matched", "ok"),
    "excluded": Word("Excluded", "mute"),
    "closing": Word("Closing", "info"),
    "closed": Word("Closed", "mute"),
    "reopened": Word("Reopened", "warn"),
    "pending": Word("Waiting", "info"),
    "leased": Word("Sending", "info"),
    "delivered": Word("Delivered", "ok"),
    "retry": Word("Will retry", "warn"),
    "unknown": Word("Outcome unknown", "warn"),
    "dead": Word("Gave up", "bad"),
    "done": Word("Done", "ok"),
    "running": Word("Running", "info"),
    "failed": Word("Failed", "bad"),
    "previewed": Word("Preview", "mute"),
    "collecting": Word("Collecting", "info"),
    "pricing": Word("Pricing", "info"),
    "signed_off": Word("Signed off", "ok"),
    "accepted": Word("Accepted", "ok"),
    "partial": Word("Accepted in part", "warn"),
    "deemed": Word("Deemed accepted", "ok"),
    "used": Word("Answered", "ok"),
    "expired": Word("Expired", "mute"),
    "revoked": Word("Revoked", "mute"),
    "link.open": Word("Open", "info"),
    "milestone.completed": Word("Awaiting sign-off", "warn"),
    "incomplete": Word("Incomplete", "warn"),
    "converted": Word("Contract drafted", "ok"),
    "withdrawn": Word("Withdrawn", "mute"),
    "waiting": Word("Waiting", "info"),
    "processed": Word("Processed", "ok"),
    "conflict": Word("Conflict", "bad"),
    "retired": Word("Retired", "mute"),
    "inbox message.rejected": Word("Not taken", "bad"),
    "accounting period.open": Word("Open", "ok"),
    "documents_draft": Word("In review", "warn"),
    "documents_in_review": Word("Waiting for approval", "info"),
    "documents_approved": Word("Approved, to release", "info"),
    "documents_releasing": Word("Posting", "info"),
    "documents_posted": Word("Posted", "ok"),
    "task.open": Word("Open", "ok"),
    "charge.open": Word("Unbilled", "info"),
    "expense limit.ok": Word("Within", "ok"),
    "expense limit.justify": Word("Justified", "warn"),
    "skipped": Word("Skipped", "mute"),
    "process.waiting": Word("Waits for a person", "warn"),
    "process step.waiting": Word("Waits for a person", "warn"),
    "process step.pending": Word("To do", "mute"),
    "process step.failed": Word("Gave up", "bad"),
    "delivery.rejected": Word("Rejected by ERP", "bad"),
}


def word(state: str, subject: str = "") -> Word:
    """Return the word of a state; an unlisted state is shown as written, in the quiet tone.

    `subject` is the name of the object's state table, for states that mean different things.
    """
    found = WORDS.get(f"{subject}.{state}") or WORDS.get(state)
    return found or Word(state.replace("_", " ").capitalize(), "mute")


def choices_of(states: Iterable[str], subject: str = "") -> list[tuple[str, str]]:
    """Return the choices of a form field in the words of the product."""
    return [(str(state), word(str(state), subject).text) for state in states]


def is_listed(state: str, subject: str = "") -> bool:
    """Tell whether the vocabulary has its own word for the state."""
    return f"{subject}.{state}" in WORDS or state in WORDS
