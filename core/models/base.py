"""The ground of every canonical row: identity, optimistic lock, history."""

from django.db import models
from django.db.models.functions import Now

from core.history import TriggerHistory
from core.identifiers import UUIDv7, uuid7


class Canonical(models.Model):
    """A row the firm answers for. `version` and `updated_at` are kept by the database."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    history = TriggerHistory()

    class Meta:
        abstract = True
