"""What apps contribute to the exception page: the words of a cause, evidence, suggested fix, trace.

`core` knows no cause of its own; an app registers providers in its `fixes.py` by exception code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.forms import BaseForm

from core.models import ExceptionItem, User
from core.presentation.charts import GapBar
from core.presentation.parts import ChainNode, Fact, Link


@dataclass(frozen=True)
class Evidence:
    """What shows that the fault is one: a sentence, labelled values, a picture of the hole."""

    text: str = ""
    facts: tuple[Fact, ...] = ()
    gap: GapBar | None = None


@dataclass(frozen=True)
class Fix:
    """A way out, with its effect in money before anything is pressed.

    `action` is posted to with the fields of `form`, which fold under `change` where they are complete as
    suggested; `reason` says why it cannot be pressed now; `open` leads to where it is settled by hand.
    """

    title: str
    text: str = ""
    effects: tuple[Fact, ...] = ()
    action: str = ""
    button: str = ""
    form: BaseForm | None = None
    change: str = ""
    open: Link | None = None
    reason: str = ""


@dataclass(frozen=True)
class Surroundings:
    """Where an item stands: links to what it is about, and the chain from contract to payment."""

    links: tuple[Link, ...] = ()
    chain: tuple[ChainNode, ...] = ()


Suggest = Callable[[ExceptionItem, User], Fix | None]
Show = Callable[[ExceptionItem], Evidence]
Surround = Callable[[ExceptionItem, User], Surroundings]


@dataclass
class _Registry:
    fixes: dict[str, Suggest] = field(default_factory=dict)
    evidence: dict[str, Show] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    surround: list[Surround] = field(default_factory=list)


_registry = _Registry()


def suggests(*codes: str) -> Callable[[Suggest], Suggest]:
    """Register who suggests the fix for exception codes."""

    def register(suggest: Suggest) -> Suggest:
        _registry.fixes.update(dict.fromkeys(codes, suggest))
        return suggest

    return register


def shows(*codes: str) -> Callable[[Show], Show]:
    """Register who shows the evidence for exception codes."""

    def register(show: Show) -> Show:
        _registry.evidence.update(dict.fromkeys(codes, show))
        return show

    return register


def names_causes(**labels: str) -> None:
    """Register how people call exception codes: `rate_missing="No rate for the work date"`."""
    _registry.causes.update(labels)


def surrounds(surround: Surround) -> Surround:
    """Register the one provider of links and chain."""
    _registry.surround[:] = [surround]
    return surround


def cause_label(code: str) -> str:
    """Return how people call an exception code."""
    return _registry.causes.get(code) or code.replace("_", " ").capitalize()


def causes() -> dict[str, str]:
    """Return every named cause."""
    return dict(_registry.causes)


def fix_for(item: ExceptionItem, user: User) -> Fix | None:
    """Return the suggested fix of an item, as this person may apply it."""
    suggest = _registry.fixes.get(item.code)
    return suggest(item, user) if suggest else None


def evidence_of(item: ExceptionItem) -> Evidence:
    """Return what shows the fault; without a provider, the sentences and values kept with the item."""
    show = _registry.evidence.get(item.code, _plain_evidence)
    return show(item)


def surroundings_of(item: ExceptionItem, user: User) -> Surroundings:
    """Return where an item stands."""
    return _registry.surround[0](item, user) if _registry.surround else Surroundings()


def _plain_evidence(item: ExceptionItem) -> Evidence:
    kept = {name: str(value) for name, value in item.evidence.items() if value not in (None, "", [], {})}
    text = kept.pop("sentence", "")
    shown = {name: value for name, value in kept.items() if not name.endswith("_id") and len(value) <= 80}
    return Evidence(
        text, tuple(Fact(name.replace("_", " ").capitalize(), value) for name, value in shown.items())
    )
