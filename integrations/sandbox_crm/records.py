"""What the CRM tells us about a deal, read leniently: unknown fields pass, those we use must be typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.sandbox_erp.reading import Reading


@dataclass(frozen=True)
class CrmDeal:
    """A deal as the CRM holds it now; `body` is all it said."""

    id: str
    version: int
    stage: str
    changed_at: str
    body: Mapping[str, object]

    @classmethod
    def read(cls, data: Reading) -> "CrmDeal":
        """Read the fields that identify a state of a deal."""
        return cls(
            id=data.text("id"),
            version=data.whole("version"),
            stage=data.text("stage"),
            changed_at=data.text("changed_at"),
            body=data.data,
        )
