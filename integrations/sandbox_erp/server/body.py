"""Strict reading of request bodies: a missing or mistyped field is named, never guessed."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from integrations.sandbox_erp.server.amounts import is_decimal_text
from integrations.sandbox_erp.server.refusals import invalid


class Body:
    """One JSON object of a request; every reader refuses what does not fit and names the field."""

    def __init__(self, data: Mapping[str, object], path: str = "") -> None:
        self.data = data
        self.path = path

    def has(self, name: str) -> bool:
        return self.data.get(name) is not None

    def text(self, name: str) -> str:
        value = self.data.get(name)
        if not isinstance(value, str) or not value.strip():
            raise invalid(f"{self.field(name)} must be a text that is not empty.", self.field(name))
        return value

    def optional_text(self, name: str) -> str | None:
        value = self.data.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid(f"{self.field(name)} must be a text.", self.field(name))
        return value or None

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in allowed:
            raise invalid(f"{self.field(name)} must be one of {', '.join(allowed)}.", self.field(name))
        return value

    def amount(self, name: str) -> Decimal:
        value = self.data.get(name)
        if not is_decimal_text(value):
            sentence = f'{self.field(name)} must be a decimal number as text ("120.50").'
            raise invalid(sentence, self.field(name))
        return Decimal(str(value))

    def optional_amount(self, name: str) -> Decimal | None:
        return self.amount(name) if self.has(name) else None

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise invalid(f"{self.field(name)} must be a date YYYY-MM-DD.", self.field(name)) from None

    def flag(self, name: str, default: bool) -> bool:
        value = self.data.get(name, default)
        if not isinstance(value, bool):
            raise invalid(f"{self.field(name)} must be true or false.", self.field(name))
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise invalid(f"{self.field(name)} must be a whole number from 0.", self.field(name))
        return value

    def milliseconds(self, name: str, default: int) -> int:
        """Read seconds, whole or with decimals, as milliseconds; the default is in seconds."""
        value = self.data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 3600:
            raise invalid(f"{self.field(name)} must be seconds between 0 and 3600.", self.field(name))
        return int(value * 1000)

    def texts(self, name: str) -> list[str]:
        value = self.data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise invalid(f"{self.field(name)} must be a list of texts.", self.field(name))
        return value

    def child(self, name: str) -> "Body":
        value = self.data.get(name, {})
        if not isinstance(value, dict):
            raise invalid(f"{self.field(name)} must be an object.", self.field(name))
        return Body(value, f"{self.field(name)}.")

    def children(self, name: str) -> list["Body"]:
        return objects(self.data.get(name, []), self.field(name))

    def field(self, name: str) -> str:
        return f"{self.path}{name}"


def objects(value: object, name: str) -> list[Body]:
    """Read a list of JSON objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid(f"{name} must be a list of objects.", name)
    return [Body(item, f"{name}[{position}].") for position, item in enumerate(value)]


def parsed(raw: bytes) -> object:
    """Parse JSON text; numbers with decimals become Decimal, never binary fractions."""
    try:
        return json.loads(raw, parse_float=Decimal)
    except ValueError:
        raise invalid("The body is not JSON.") from None
