"""People and service accounts, and what they may do for which legal entity."""

import hashlib
import secrets

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import DateRangeField
from django.db import models

from core.models.base import Canonical
from core.models.entities import LegalEntity


class User(AbstractUser, Canonical):
    """A person, or a system acting through the API (`is_service_account`)."""

    is_service_account = models.BooleanField(default=False)

    objects = UserManager()  # type: ignore[misc]

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Role(models.TextChoices):
    """What a membership lets a person do; the permissions of each role stand in core.permissions."""

    CONSULTANT = "consultant"
    PROJECT_MANAGER = "project_manager"
    PMO = "pmo"
    FINANCE = "finance"
    FINANCE_LEAD = "finance_lead"
    INTEGRATION_SUPPORT = "integration_support"
    DATA_STEWARD = "data_steward"
    EXECUTIVE = "executive"
    AUDITOR = "auditor"


class Membership(Canonical):
    """A role of a user for one legal entity, or for all of them where the entity is empty."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    legal_entity = models.ForeignKey(
        LegalEntity, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=24, choices=Role.choices)
    valid = DateRangeField(help_text="Days on which the role is held, end excluded.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("user", "legal_entity", "role", "valid"),
                name="one_membership",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class ApiToken(Canonical):
    """A bearer token of a service account: only its hash is stored, the prefix helps to find it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list, help_text="Permissions the token may use; empty means all.")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest(secret: str) -> str:
        """Return the stored form of a token."""
        return hashlib.sha256(secret.encode()).hexdigest()

    def issue(self) -> str:
        """Set a new secret and return it; it cannot be read again later."""
        secret = f"tio_{secrets.token_urlsafe(32)}"
        self.prefix, self.sha256 = secret[:12], self.digest(secret)
        return secret
