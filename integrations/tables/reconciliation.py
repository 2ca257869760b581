"""The reconciliation of a month as a page: equation, tabs, aligned rows, the open pair, its settlement."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from core.models import LegalEntity, User
from core.permissions import holds
from core.presentation.counting import count_all
from core.presentation.formats import counted, money
from core.presentation.parts import Equation, FieldComparison, Link, Tab
from integrations.filters import SHOWN, AskedMonth
from integrations.models import Break, Route
from integrations.queries import reconciliation as asked_of
from integrations.queries.comparing import compare_fields
from integrations.queries.sides import (
    SidedRow,
    break_rows,
    document_rows,
    excluded_documents,
    live_breaks,
    matched_documents,
)
from integrations.states import BreakState
from integrations.tables.settling import RefusedSettlement, Settlement, settlement_of

SHOWN_AT_ONCE = 200


@dataclass(frozen=True)
class Row:
    """An aligned row with the address that opens it."""

    row: SidedRow
    href: str
    current: bool


@dataclass(frozen=True)
class Pair:
    """The open break: both documents field by field, and the ways to settle it."""

    row: Break
    label: str
    comparison: FieldComparison
    settlement: Settlement
    action: str


class ReconciliationPage:
    """What reconciliation/invoices.html shows to one person; parts are read when first asked for."""

    title = "Invoices: billing against ERP"

    def __init__(
        self, user: User, asked: AskedMonth, *, today: date, refused: RefusedSettlement | None = None
    ) -> None:
        self.user, self.today, self.refused = user, today, refused
        self.path = reverse("reconciliation")
        self.routes = list(asked_of.visible_routes(user))
        self.route = self._route(asked.entity)
        self.month = asked.month or self._usual_month()
        self.asked = replace(asked, entity=self.entity.code if self.entity else "", month=self.month)
        self.run, self.attempt = (
            asked_of.runs_of_month(self.entity, self.month) if self.entity else (None, None)
        )

    def _route(self, entity: str) -> Route | None:
        """Return the route asked for, else one where breaks stand open, most of them first."""
        by_code = {route.legal_entity.code: route for route in self.routes}
        wanted = [entity, *(code for code, _, _ in self.places)]
        found = next((by_code[code] for code in wanted if code in by_code), None)
        return found or next(iter(self.routes), None)

    def _usual_month(self) -> date:
        code = self.entity.code if self.entity else ""
        months = [month for entity, month, _ in self.places if entity == code]
        return next(iter(months), self.today.replace(day=1))

    @cached_property
    def places(self) -> list[tuple[str, date, int]]:
        """Return where breaks stand open: legal entity, month, how many; together what the shell counts."""
        return asked_of.months_with_breaks(self.user)

    @property
    def place_tabs(self) -> list[Tab]:
        """Return a tab for every month with open breaks, of whatever legal entity."""
        shown = (self.entity.code if self.entity else "", self.month)
        return [
            Tab(
                f"{code} {month:%B %Y}",
                f"?{urlencode({'entity': code, 'period': f'{month:%Y-%m}'})}",
                left,
                (code, month) == shown,
            )
            for code, month, left in self.places
        ]

    @property
    def entity(self) -> LegalEntity | None:
        return self.route.legal_entity if self.route else None

    @cached_property
    def currency(self) -> str:
        """Return the currency asked for if there is one like it, else the entity's own."""
        if self.asked.currency in self.currencies or self.entity is None:
            return self.asked.currency
        own = self.entity.base_currency_id
        return own if own in self.currencies or not self.currencies else self.currencies[0]

    @cached_property
    def currencies(self) -> list[str]:
        return sorted(self.run.totals) if self.run else []

    @property
    def summary(self) -> str:
        return f"{self.month:%B %Y}, {self.entity or 'no legal entity'}"

    @property
    def as_of(self) -> datetime | None:
        return self.run.read_at if self.run else None

    @cached_property
    def equation(self) -> Equation | None:
        if self.run is None:
            return None
        sides = self.run.totals.get(self.currency, {})
        ours, theirs = int(sides.get("our_count", 0)), int(sides.get("their_count", 0))
        return Equation(
            ours_label=f"Billing, {counted(ours, 'invoice')}",
            ours=Decimal(sides.get("our_net", 0)),
            theirs_label=f"{self.run.system}, {counted(theirs, 'document')}",
            theirs=Decimal(sides.get("their_net", 0)),
            difference_label=f"Difference, {self._left_in_words}",
            currency=self.currency,
            settled=not self._open,
        )

    @property
    def _left_in_words(self) -> str:
        left, explained = len(self._open), len(self._explained)
        if not explained:
            return counted(left, "break")
        return f"{counted(left, 'break')}, {explained} explained" if left else "explained"

    @property
    def nothing_left(self) -> tuple[str, str]:
        """Return why no break is listed: the sides agree, or what differs is explained."""
        explained = len(self._explained)
        if explained:
            return "Every difference is explained", f"{counted(explained, 'difference')} under Explained."
        return "Both sides agree", "No break is left in this month."

    @property
    def equation_text(self) -> str:
        tolerated = sum(1 for row in self._explained if row.accepted_by_id is None)
        text = f"{self._counts['matched']} matched by rule"
        if tolerated and self.run:
            text += f", {tolerated} inside tolerance of {money(self.run.system.tolerance, self.currency)}"
        return text

    @cached_property
    def tabs(self) -> list[Tab]:
        counts = [len(self._open), self._counts["matched"], len(self._explained), self._counts["excluded"]]
        return [
            Tab(label, self.address(show=name, **{"break": ""}), count, self.asked.show == name)
            for (name, label), count in zip(SHOWN.items(), counts, strict=True)
        ]

    @property
    def currency_tabs(self) -> list[Tab]:
        """Return a tab for each currency where the month has several."""
        if len(self.currencies) < 2:
            return []
        return [
            Tab(code, self.address(currency=code, **{"break": ""}), current=code == self.currency)
            for code in self.currencies
        ]

    @cached_property
    def rows(self) -> list[Row]:
        current = self.opened.pk if self.opened else None
        opens = self.asked.show in {"breaks", "explained"}
        return [
            Row(row, self.address(**{"break": str(row.pk)}) if opens else "", row.pk == current)
            for row in self.sided_rows
        ]

    @cached_property
    def sided_rows(self) -> list[SidedRow]:
        """Return the rows of the shown view without addresses, as the export writes them."""
        if self.run is None:
            return []
        match self.asked.show:
            case "matched":
                return document_rows(matched_documents(self.run, self.currency)[:SHOWN_AT_ONCE], "Agrees")
            case "excluded":
                return document_rows(excluded_documents(self.run, self.currency)[:SHOWN_AT_ONCE])
        listed = self._explained if self.asked.show == "explained" else self._open
        return break_rows(listed, self.today)

    @property
    def more(self) -> int:
        """Return how many rows of the view are not shown."""
        total = next(tab.count or 0 for tab in self.tabs if tab.current)
        return max(total - len(self.sided_rows), 0)

    @cached_property
    def opened(self) -> Any:
        """Return the break asked for, else the first of the list."""
        listed = self._explained if self.asked.show == "explained" else self._open
        if self.asked.show not in {"breaks", "explained"}:
            return None
        wanted = [row for row in listed if row.pk == self.asked.open]
        return next(iter(wanted or listed), None)

    @cached_property
    def pair(self) -> Pair | None:
        row = self.opened
        if row is None:
            return None
        comparison = compare_fields(row)
        return Pair(
            row=row,
            label=f"{comparison.ours_title} against {comparison.theirs_title}",
            comparison=comparison,
            settlement=settlement_of(row, self._open, self.user, row.message_state).chosen(
                self.refused.settlement if self.refused else ""
            ),
            action=reverse("break_settle", args=[row.pk]) + self.address(),
        )

    @property
    def may_work(self) -> bool:
        return bool(self.entity and holds(self.user, "reconciliation.work", self.entity.pk))

    @property
    def sign_off_reason(self) -> str:
        """Return why the month cannot be signed off yet, or nothing."""
        left = self._left
        return f"{counted(left, 'break')} left" if left else ""

    @property
    def entities(self) -> list[Link]:
        return [Link(str(route.legal_entity), route.legal_entity.code) for route in self.routes]

    @property
    def export_href(self) -> str:
        return self.address(export="csv")

    def address(self, **changed: str) -> str:
        """Return the address of this view with some parts changed; empty parts are left out."""
        parts = {
            "entity": self.asked.entity,
            "period": f"{self.month:%Y-%m}",
            "currency": self.currency if len(self.currencies) > 1 else "",
            "show": self.asked.show if self.asked.show != "breaks" else "",
            "break": str(self.asked.open or ""),
        }
        kept = {name: value for name, value in (parts | changed).items() if value}
        return f"?{urlencode(kept)}"

    def following(self, row: Break) -> str:
        """Return the address of the break after this one, for "settle and next"."""
        keys = [other.pk for other in self._open]
        place = keys.index(row.pk) if row.pk in keys else -1
        rest = [key for key in keys[place + 1 :] + keys[:place] if key != row.pk]
        return self.path + self.address(**{"break": str(rest[0]) if rest else ""})

    @cached_property
    def _live(self) -> list[Any]:
        if self.run is None:
            return []
        return list(live_breaks(self.run, self.currency).prefetch_related("proposal__lines"))

    @property
    def _open(self) -> list[Any]:
        return [row for row in self._live if row.state != BreakState.EXPLAINED]

    @property
    def _explained(self) -> list[Any]:
        return [row for row in self._live if row.state == BreakState.EXPLAINED]

    @cached_property
    def _left(self) -> int:
        """Return how many breaks stand open now, in every currency of the month."""
        return asked_of.unsettled(self.run).count() if self.run else 0

    @cached_property
    def _counts(self) -> dict[str, int]:
        """Return how many documents agree and how many do not count."""
        if self.run is None:
            return {"matched": 0, "excluded": 0}
        views = {"matched": matched_documents, "excluded": excluded_documents}
        return count_all({name: rows(self.run, self.currency) for name, rows in views.items()})
