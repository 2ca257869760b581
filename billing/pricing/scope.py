"""What a pass covers: whole contracts, or only some sources of them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Scope:
    """Contracts to price; with `sources` (roots of time entries and the like) only those are looked at.

    What falls due by date is charged up to `until`, or today.
    """

    contract_ids: frozenset[uuid.UUID]
    sources: frozenset[uuid.UUID] = field(default_factory=frozenset)
    until: date | None = None

    @classmethod
    def of(cls, contract_ids: Iterable[uuid.UUID], sources: Iterable[uuid.UUID] = ()) -> "Scope":
        """Build a scope from any iterables."""
        return cls(frozenset(contract_ids), frozenset(sources))

    def whole(self) -> "Scope":
        """Return the same contracts without a limit on sources."""
        return Scope(self.contract_ids, until=self.until)
