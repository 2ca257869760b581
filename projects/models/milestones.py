"""Milestones of projects, how they were signed off, and the links by which clients sign."""

import base64
import hashlib
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from contracts.models import Contract
from core.models import Attachment, Canonical
from projects.models.projects import Project
from projects.states import MilestoneStatus, SignOffDecision, SignOffWay


class Milestone(Canonical):
    """A milestone term of the contract, as its project delivers it; name and amount stand in the terms.

    `percent_complete` is the reported progress. `completed_on` is the day delivery said it is done, and empty
    while it is not.
    """

    code = models.CharField(max_length=20, unique=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="milestones")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="milestones")
    contract_line_key = models.SlugField(max_length=40)
    term_key = models.SlugField(max_length=40)
    due_on = models.DateField(null=True, blank=True)
    percent_complete = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    status = models.CharField(max_length=12, choices=MilestoneStatus.choices, default=MilestoneStatus.PLANNED)
    completed_on = models.DateField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("due_on", "code")
        constraints = [
            models.UniqueConstraint(
                fields=("contract", "contract_line_key", "term_key"), name="one_milestone_per_term"
            ),
            models.CheckConstraint(
                condition=Q(percent_complete__gte=0, percent_complete__lte=100),
                name="milestone_progress_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "in_progress"], completed_on__isnull=True)
                | Q(status__in=["completed", "signed_off"], completed_on__isnull=False),
                name="milestone_completion_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=("status", "due_on"), name="milestone_register")]

    def __str__(self) -> str:
        return self.code


class SignOffLink(Canonical):
    """An address at which a client decides about a milestone once, without an account.

    Only the hash of its secret is stored; the secret itself follows from the row and the installation's key,
    so that staff can copy the address again. `document` is what the client is shown to sign for.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    recipient = models.CharField(max_length=120, blank=True, help_text="Whom the address is meant for.")
    document = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    shows_amount = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(used_at__isnull=True), name="link_used_or_revoked"
            )
        ]

    def __str__(self) -> str:
        return f"Link for {self.milestone_id}"

    @staticmethod
    def digest(secret: str) -> str:
        """Return the stored form of a secret."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @property
    def secret(self) -> str:
        """Return the secret of the address; another one than was stored once the key has changed."""
        mac = salted_hmac("projects.sign_off_link", str(self.pk), algorithm="sha256").digest()
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    @property
    def is_known(self) -> bool:
        """Say whether the secret can still be told from the row."""
        return self.digest(self.secret) == self.token_sha256


class SignOff(Canonical):
    """What was decided about a milestone, by whom and how; never edited (a trigger refuses it).

    `percent` of the milestone is accepted now, on top of `percent_before`. What is accepted is billed
    under the terms approved by `signed_at`, priced on `signed_on`. `progress_percent` is the progress
    reported then.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="sign_offs")
    number = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=8, choices=SignOffDecision.choices)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    percent_before = models.DecimalField(max_digits=7, decimal_places=4)
    progress_percent = models.DecimalField(max_digits=7, decimal_places=4)
    how = models.CharField(max_length=12, choices=SignOffWay.choices)
    signer = models.CharField(max_length=120)
    comment = models.CharField(max_length=1000, blank=True)
    signed_at = models.DateTimeField()
    signed_on = models.DateField()
    document = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    document_sha256 = models.CharField(max_length=64, blank=True)
    link = models.OneToOneField(
        SignOffLink, on_delete=models.PROTECT, null=True, blank=True, related_name="sign_off"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("milestone", "number")
        constraints = [
            models.UniqueConstraint(fields=("milestone", "number"), name="sign_offs_are_counted"),
            models.CheckConstraint(
                condition=Q(decision="rejected", percent=0) & ~Q(comment="")
                | Q(decision__in=["accepted", "partial", "deemed"], percent__gt=0),
                name="sign_off_accepts_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(percent_before__gte=0, percent__lte=100 - models.F("percent_before")),
                name="sign_off_within_the_whole",
            ),
            models.CheckConstraint(
                condition=Q(how="staff", document__isnull=False, recorded_by__isnull=False)
                | Q(how="client_link", link__isnull=False)
                | Q(how="deemed"),
                name="sign_off_has_its_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.decision}"
