"""What other systems send and hold: secrets, messages that came in, their deals, mappings to our words."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.identifiers import UUIDv7, uuid7
from core.models import Canonical
from integrations.models.systems import System
from integrations.states import CredentialPurpose, InboxState, MappingState


class Credential(models.Model):
    """A secret of a system, sealed: nobody reads it back. Without `retires_at` it is live.

    Without history: a secret that was replaced must not live on in old rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=CredentialPurpose.choices)
    key_id = models.CharField(max_length=40)
    box = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.CharField(max_length=80)
    retires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("system", "purpose", "-created_at")

    def __str__(self) -> str:
        return f"{self.purpose} of {self.system_id}"

    @property
    def context(self) -> str:
        """Return what the secret is bound to."""
        return f"{self.id}:{self.system_id}:{self.purpose}"


class InboxMessage(models.Model):
    """A message as it came in, raw. The same event with the same body is stored once.

    Another body under the same event id is kept beside it in state conflict, as evidence.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    event_id = models.CharField(max_length=120)
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    headers = models.JSONField(default=dict)
    subject = models.CharField(max_length=80, blank=True, help_text="Whom it is about, once it was read.")
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=12, choices=InboxState.choices, default=InboxState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    available_at = models.DateTimeField(db_default=Now())
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("-received_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("system", "event_id"), condition=~Q(state="conflict"), name="one_message_per_event"
            ),
            models.UniqueConstraint(
                fields=("system", "event_id", "body_sha256"), name="one_message_per_event_and_body"
            ),
        ]
        indexes = [
            models.Index(fields=("available_at",), condition=Q(state="waiting"), name="inbox_waiting"),
            models.Index(fields=("system", "subject"), name="inbox_subject"),
        ]

    def __str__(self) -> str:
        return self.event_id


class MirroredDeal(models.Model):
    """A deal as its system held it when last read, and what that system was told of us.

    `deal_id` is ours, once there is one; `told` is what was written back last.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=80)
    theirs_version = models.PositiveBigIntegerField()
    stage = models.CharField(max_length=30)
    body = models.JSONField()
    read_at = models.DateTimeField()
    deal_id = models.UUIDField(null=True, blank=True, db_index=True)
    told = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True, blank=True)
    tell_failures = models.PositiveIntegerField(default=0)
    tell_again_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("system", "external_id"), name="one_mirror_per_deal"),
        ]

    def __str__(self) -> str:
        return self.external_id


class MappingVersion(Canonical):
    """How the words of a system become ours: tables of codes, with samples that must pass before it holds.

    One version per system and object is active; an active version is never edited, the next one replaces it.
    """

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    object_type = models.CharField(max_length=40, default="deal")
    number = models.PositiveIntegerField()
    rules = models.JSONField(default=dict, help_text="Tables by field: what they say to what we say.")
    samples = models.JSONField(default=list, help_text="Objects with `given` and `expected`.")
    state = models.CharField(max_length=10, choices=MappingState.choices, default=MappingState.DRAFT)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("system", "object_type", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=("system", "object_type", "number"), name="one_mapping_per_number"
            ),
            models.UniqueConstraint(
                fields=("system", "object_type"), condition=Q(state="active"), name="one_active_mapping"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} mapping {self.number}"
