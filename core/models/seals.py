"""What proves that the event log still says what it said."""

from django.db import models
from django.db.models.functions import Now

from core.models.events import Event


class EventSeal(models.Model):
    """One link of the chain over the log: a signature over its events' digests and the link before.

    `root` is the HMAC-SHA256, in hex, under the key `key_id` names. The key never enters the database, so
    whoever may write anything there still cannot make a link that holds.
    """

    number = models.PositiveBigIntegerField(primary_key=True, help_text="Dense, from 1.")
    sealed_at = models.DateTimeField(db_default=Now())
    events = models.PositiveIntegerField()
    key_id = models.CharField(max_length=16)
    root = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"Seal {self.number} over {self.events} events"


class SealedEvent(models.Model):
    """The SHA-256 digest an event had when it was sealed."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="sealed")
    seal = models.ForeignKey(EventSeal, on_delete=models.PROTECT, related_name="sealed_events")
    digest = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.event_id} in {self.seal_id}"
