"""Lenient reading of answers: unknown fields and nulls pass, the fields we use must be there and typed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from integrations.sandbox_erp.errors import Malformed


class Reading:
    """One JSON object of an answer; a needed field absent or mistyped raises Malformed with its path."""

    def __init__(self, data: Mapping[str, object], path: str) -> None:
        self.data = data
        self.path = path

    def text(self, name: str) -> str:
        value = self.data.get(name)
        if not isinstance(value, str) or not value:
            raise self._malformed(name, "a text")
        return value

    def optional_text(self, name: str) -> str | None:
        return self.text(name) if self.data.get(name) else None

    def amount(self, name: str) -> Decimal:
        value = self.data.get(name)
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            try:
                amount = Decimal(value)
            except InvalidOperation:
                raise self._malformed(name, "a decimal number") from None
            if amount.is_finite():
                return amount
        raise self._malformed(name, "a decimal number")

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name)[:10])
        except ValueError:
            raise self._malformed(name, "a date") from None

    def optional_day(self, name: str) -> date | None:
        return self.day(name) if self.data.get(name) else None

    def whole(self, name: str) -> int:
        value = self.data.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._malformed(name, "a whole number")
        return value

    def flag(self, name: str) -> bool:
        """Read a truth value; absent and null count as false."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._malformed(name, "true or false")
        return bool(value)

    def children(self, name: str) -> list["Reading"]:
        value = self.data.get(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._malformed(name, "a list of objects")
        return [Reading(item, f"{self.path}.{name}[{position}]") for position, item in enumerate(value)]

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts; absent and null count as empty."""
        value = self.data.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._malformed(name, "a list of texts")
        return tuple(value)

    def _malformed(self, name: str, expected: str) -> Malformed:
        return Malformed(f"{self.path}.{name} is not {expected}: {self.data.get(name)!r}")
