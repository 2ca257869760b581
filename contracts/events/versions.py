"""Payloads of what happens to the versions of a contract."""

import uuid
from dataclasses import dataclass
from datetime import date

from core.events import event


@dataclass(frozen=True)
class _Version:
    contract_id: uuid.UUID
    contract_code: str
    number: int
    effective_from: date


@event("contract_version.drafted")
@dataclass(frozen=True)
class VersionDrafted(_Version):
    """New terms were drafted, copied from version `copied_from` where there was one."""

    copied_from: int | None


@event("contract_version.changed")
@dataclass(frozen=True)
class VersionChanged(_Version):
    """The terms of a draft changed."""


@event("contract_version.submitted")
@dataclass(frozen=True)
class VersionSubmitted(_Version):
    """The terms were put forward for approval as they are."""

    content_sha256: str


@event("contract_version.approved")
@dataclass(frozen=True)
class VersionApproved(_Version):
    """The terms are in force from `effective_from` on.

    `overrides` are the numbers of the earlier approved versions that lose days to it.
    """

    overrides: list[int]
    content_sha256: str
    prepared_by_id: uuid.UUID


@event("contract_version.rejected")
@dataclass(frozen=True)
class VersionRejected(_Version):
    """The terms were refused; the event's reason says why."""


@event("contract_version.superseded")
@dataclass(frozen=True)
class VersionSuperseded(_Version):
    """An approved version is in force on no day any more, because of version `by`."""

    by: int
