"""The flows with their objectives on the page Integrations: each figure leads to what it counts."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from core.presentation.formats import number
from core.presentation.parts import Link
from integrations.queries.flows import FlowFigures
from integrations.states import Flow

COUNTS = ("Through", "Open", "Needs a person", "Failures", "Replays")


@dataclass(frozen=True)
class FlowRow:
    """One line of the table; times in words, `tone` bad where the objective is missed."""

    figures: FlowFigures

    @property
    def label(self) -> str:
        """Return what flows."""
        return Flow(self.figures.flow).label.capitalize()

    @property
    def objective(self) -> str:
        """Return the target in words."""
        return in_words(self.figures.objective)

    @property
    def lag(self) -> str:
        """Return what 95 of 100 took at most."""
        return in_words(self.figures.lag)

    @property
    def oldest(self) -> str:
        """Return how long the oldest has been on its way."""
        return in_words(self.figures.oldest)

    @property
    def lag_tone(self) -> str:
        """Return the colour of the lag."""
        return "bad" if (self.figures.lag or 0) > self.figures.objective else ""

    @property
    def oldest_tone(self) -> str:
        """Return the colour of the oldest."""
        return "bad" if (self.figures.oldest or 0) > self.figures.objective else ""

    @property
    def counts(self) -> list[tuple[str, Link]]:
        """Return through, open, stuck, failures and replays by name, each with the list behind it."""
        one = self.figures
        numbers = (one.through, one.open, one.stuck, one.failures, one.replays)
        listed = zip(COUNTS, numbers, self._hrefs(), strict=True)
        return [(name, Link(number(count), href if count else "")) for name, count, href in listed]

    def _hrefs(self) -> tuple[str, str, str, str, str]:
        match Flow(self.figures.flow):
            case Flow.PRICING:
                failed = _address("exceptions", code="reaction_failed")
                return reverse("charges"), failed, failed, failed, ""
            case Flow.ACTIVATION:
                waiting = _address("processes", state="waiting")
                return _address("processes", state="done"), reverse("processes"), waiting, waiting, waiting
            case Flow.SETTLING:
                breaks = _address("exceptions", code="break_open")
                return reverse("reconciliation"), breaks, breaks, breaks, ""
        system = {"system": self.figures.system} if self.figures.system else {}
        sent, stuck = (
            _address("integrations", **system, state="delivered"),
            _address("integrations", **system, stuck="true"),
        )
        return sent, _address("integrations", **system), stuck, stuck, _address("integrations", **system)


def in_words(seconds: int | None) -> str:
    """Return a duration as people say it: 40 s, 12 min, 3 h, 6 days; a dash for none."""
    if seconds is None:
        return "–"
    if seconds < 120 and seconds != 60:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} days"


def _address(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
