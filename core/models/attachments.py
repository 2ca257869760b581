"""Files people attach: receipts, signed documents. The row is the fact, the content is found by its hash."""

from django.db import models
from django.db.models import Q

from core.models.base import Canonical


class Attachment(Canonical):
    """An uploaded file that was accepted; `media_type` is told by the content, not by the name.

    `size` is in bytes. The content stands in the private folder of files under its SHA-256.
    """

    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ("created_at",)
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty")]

    def __str__(self) -> str:
        return self.name
