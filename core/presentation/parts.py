"""Small read models of the shared components: what a page hands to templates/components/.

They say what is shown, not where it comes from; queries in the apps make them.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from core.presentation.differences import marked


@dataclass(frozen=True)
class Link:
    """A labelled address; `icon` is a meaning of core.presentation.icons."""

    label: str
    href: str
    icon: str = ""
    key: str = ""


@dataclass(frozen=True)
class Button:
    """A way to a form, `dialog` where it may open as one; with a `reason` it cannot be pressed now."""

    label: str
    href: str
    icon: str = ""
    primary: bool = False
    dialog: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Tab:
    """A saved view or state of a list, with its count."""

    label: str
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody with an avatar; an empty name is nobody."""

    name: str

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(part[0] for part in (words[:1] + words[1:][-1:])).upper()

    @property
    def tint(self) -> str:
        """Return one of four colours, always the same for a name."""
        return "abcd"[sum(self.name.encode()) % 4]


@dataclass(frozen=True)
class Kpi:
    """One figure of the strip; `tone` colours it (ok, warn, bad), `href` opens the list behind it."""

    label: str
    amount: Decimal | None = None
    currency: str = ""
    text: str = ""
    tone: str = ""
    remark: str = ""
    signed: bool = False
    href: str = ""


@dataclass(frozen=True)
class Step:
    """One stage of a process: done, current, waiting or failed."""

    label: str
    state: str = "waiting"


@dataclass(frozen=True)
class ChainNode:
    """One node of the trace: done, failed or waiting; `source` names the system or time at the right."""

    label: str
    state: str = "done"
    code: str = ""
    href: str = ""
    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class Check:
    """One check or change: passed, failed, warning, changed or added."""

    text: str
    result: str = "passed"
    link: Link | None = None


@dataclass(frozen=True)
class Fact:
    """A labelled value; `quiet` text follows it."""

    label: str
    value: str | SafeString
    href: str = ""
    quiet: str = ""


@dataclass(frozen=True)
class Activity:
    """One entry of the activity feed; no person means the system did it."""

    text: str
    at: datetime.datetime
    person: Person | None = None


@dataclass(frozen=True)
class Option:
    """A way to settle something, with its consequence; `reason` says why it cannot be chosen now."""

    value: str
    label: str
    consequence: str = ""
    checked: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Equation:
    """Ours − theirs = difference, in one currency; the difference is taken here, not handed in."""

    ours_label: str
    ours: Decimal
    theirs_label: str
    theirs: Decimal
    difference_label: str
    currency: str
    settled: bool = False

    @property
    def difference(self) -> Decimal:
        return self.ours - self.theirs

    @property
    def is_off(self) -> bool:
        """Say whether a difference is left that nobody has explained."""
        return bool(self.difference) and not self.settled


@dataclass(frozen=True)
class FieldPair:
    """One field on both sides, both as shown; the figures that differ are marked."""

    label: str
    ours: str
    theirs: str

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs

    @property
    def ours_marked(self) -> SafeString:
        return marked(self.ours, self.theirs)

    @property
    def theirs_marked(self) -> SafeString:
        return marked(self.theirs, self.ours)


@dataclass(frozen=True)
class FieldComparison:
    """Two documents field by field."""

    ours_title: str
    theirs_title: str
    pairs: tuple[FieldPair, ...]

    @property
    def one_sided(self) -> bool:
        """Say whether one document is missing, so that there is nothing to compare field by field."""
        return not any(pair.ours for pair in self.pairs) or not any(pair.theirs for pair in self.pairs)

    @property
    def differing(self) -> int:
        return sum(not pair.agrees for pair in self.pairs)
