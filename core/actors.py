"""Who acts: a person or service account, or a named part of the system."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.models import User


@dataclass(frozen=True)
class Actor:
    """The one who answers for a change; `text` is what events and history store."""

    text: str
    name: str
    user: User | None = None

    @classmethod
    def of(cls, user: User) -> Actor:
        """Return the actor for a signed-in person or a service account."""
        return cls(text=f"user:{user.pk}", name=user.get_full_name() or user.get_username(), user=user)

    @classmethod
    def system(cls, part: str) -> Actor:
        """Return the actor for a part of the system, such as `pricing`; it holds every permission."""
        return cls(text=f"system:{part}", name=part)

    @property
    def user_id(self) -> uuid.UUID | None:
        """Return the id of the person, or None for the system."""
        return self.user.pk if self.user else None
