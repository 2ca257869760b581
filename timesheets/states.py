"""States of time entries and expenses, and their legal moves."""

from django.db import models

from core.states import state_table


class EntryStatus(models.TextChoices):
    """States of a time entry."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    CORRECTED = "corrected"


ENTRY = state_table(
    "time entry",
    EntryStatus,
    {
        "draft": "submitted",
        "submitted": "approved rejected draft",
        "rejected": "draft submitted",
        "approved": "corrected",
    },
)


class EntryKind(models.TextChoices):
    """What an entry is in its chain of corrections.

    A reversal takes back an approved entry in full; a replacement says what was right instead.
    """

    WORK = "work"
    REVERSAL = "reversal"
    REPLACEMENT = "replacement"


EXPENSE = state_table(
    "expense",
    EntryStatus,
    {
        "draft": "submitted",
        "submitted": "approved rejected draft",
        "rejected": "draft submitted",
        "approved": "corrected",
    },
)


class ExpenseKind(models.TextChoices):
    """What an expense is in its chain of corrections, as with time."""

    EXPENSE = "expense"
    REVERSAL = "reversal"
    REPLACEMENT = "replacement"


class PolicyResult(models.TextChoices):
    """What the firm's own limits say: nothing, justify it, or that it cannot be submitted."""

    OK = "ok"
    JUSTIFY = "justify"
    BLOCKED = "blocked"
