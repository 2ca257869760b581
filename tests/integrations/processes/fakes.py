"""A CRM at the HTTP edge that keeps what it is told about its deals."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from integrations.adapters import DealPage, Payload, TheirDeal
from integrations.models import System
from tests.integrations.fakes import Fault


@dataclass
class FakeCrm:
    """`deals` is its durable store; faults are consumed in order, before or after it kept the ids."""

    deals: dict[str, Payload] = field(default_factory=dict)
    before: list[Fault] = field(default_factory=list)
    after: list[Fault] = field(default_factory=list)
    calls: int = 0

    @contextmanager
    def connect(self, system: System) -> Iterator["FakeCrm"]:
        """Stand in for integrations.connectors.connected_source."""
        yield self

    def write_back(self, external_id: str, values: Payload) -> TheirDeal:
        self.calls += 1
        if self.before:
            raise self.before.pop(0)
        self.deals[external_id] = dict(values)
        if self.after:
            raise self.after.pop(0)
        return TheirDeal(external_id, self.calls, True, "closed_won", "2026-11-18T09:00:00Z", values)

    def fetch(self, external_id: str) -> TheirDeal | None:
        raise NotImplementedError

    def changed_since(self, moment: str, cursor: str = "") -> DealPage:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to let go of."""
