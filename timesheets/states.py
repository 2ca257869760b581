"""States of time entries and their legal moves."""

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
