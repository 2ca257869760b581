"""Caps and purchase orders in plain Python: one claim after the other, level by level."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.pricing import FOUR, rounded

Key = tuple[str, ...]


@dataclass
class Claim:
    """What a source would bill: net and hours; what of it was last fixed; what it is granted so far."""

    key: Key
    day: date
    net: Decimal
    hours: Decimal
    kept_net: Decimal = Decimal(0)
    kept_hours: Decimal = Decimal(0)
    granted: Decimal = field(init=False)
    granted_hours: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self.granted, self.granted_hours = self.net, self.hours


def limit_hours(claims: list[Claim], ceiling: Decimal | None, *, prospective: bool) -> None:
    """Let a ceiling in hours take from the claims what it has no room for."""
    if ceiling is None:
        return
    asked = {claim.key: (claim.granted_hours, claim.kept_hours, claim.day) for claim in claims if claim.net}
    for key, given in _share_out(asked, ceiling, prospective).items():
        claim = next(one for one in claims if one.key == key)
        if given < claim.granted_hours:
            claim.granted = rounded(claim.granted * given / claim.granted_hours)
            claim.granted_hours = given


def limit_amount(claims: list[Claim], ceiling: Decimal | None, *, prospective: bool) -> None:
    """Let a ceiling in money take from the claims what it has no room for."""
    if ceiling is None:
        return
    asked = {claim.key: (claim.granted, claim.kept_net, claim.day) for claim in claims if claim.net}
    for key, given in _share_out(asked, ceiling, prospective).items():
        claim = next(one for one in claims if one.key == key)
        if given < claim.granted:
            claim.granted_hours = rounded(claim.granted_hours * given / claim.granted, FOUR)
            claim.granted = given


def _share_out(
    asked: dict[Key, tuple[Decimal, Decimal, date]], ceiling: Decimal, prospective: bool
) -> dict[Key, Decimal]:
    kept = {
        key: min(max(standing, Decimal(0)), want) for key, (want, standing, _) in asked.items() if want > 0
    }
    room = ceiling - sum((want for want, _, _ in asked.values() if want < 0), Decimal(0))
    if prospective:
        room = max(room, sum(kept.values(), Decimal(0)))
    given = dict.fromkeys(kept, Decimal(0))
    ordered = sorted(kept, key=lambda key: (asked[key][2], key))
    for wants in (kept, {key: asked[key][0] - kept[key] for key in kept}):
        for key in ordered:
            part = min(wants[key], max(room, Decimal(0)))
            given[key] += part
            room -= part
    return given


def within(amounts: dict[str, Decimal], net: Decimal, granted: Decimal) -> dict[str, Decimal]:
    """Return the components of what is granted and the rest: the base takes what rounding leaves."""
    if granted >= net:
        return amounts
    parts = {name: rounded(amount * granted / net) for name, amount in amounts.items() if name != "base"}
    return {"base": granted - sum(parts.values(), Decimal(0)), **parts}
