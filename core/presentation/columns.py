"""What a column of a register is, and how its cell reads on the page and in an export."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.presentation import formats, markup
from core.presentation.vocabulary import word

Read = str | Callable[[Any], object]
NUMERIC = frozenset({"money", "quantity", "count", "age"})
KINDS = NUMERIC | {"text", "id", "day", "month", "moment", "state", "yes_no"}


@dataclass(frozen=True)
class Column:
    """One column.

    `read` is a dotted path or a function of the row (default: the key); `detail` a quiet second line;
    `currency` the path of a money column's currency, or the ISO code itself in capitals; `unit` that of a
    quantity. `sort` and `total` are ORM paths: what may be ordered by, what is summed over the whole view.
    `link` is a path or function that gives an address. `lead` marks the title of the row's card on a phone.
    `subject` is the state table's name, for states whose word depends on the object.
    """

    key: str
    label: str
    kind: str = "text"
    read: Read = ""
    detail: Read = ""
    currency: Read = ""
    unit: Read = ""
    link: Read = ""
    sort: str = ""
    total: str = ""
    subject: str = ""
    lead: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Column {self.key}: unknown kind {self.kind!r}.")

    @property
    def css(self) -> str:
        """Return the classes of the cell and its heading."""
        marks = ("is-num" if self.kind in NUMERIC else "", "is-lead" if self.lead else "")
        return " ".join(mark for mark in (*marks, "c-two" if self.detail else "") if mark)

    def value(self, row: object) -> Any:
        """Return the row's raw value: Decimal, date, text."""
        return take(row, self.read or self.key)

    @property
    def fixed_currency(self) -> str:
        """Return the ISO code all rows share, or nothing."""
        return self.currency if isinstance(self.currency, str) and self.currency.isupper() else ""

    def currency_of(self, row: object) -> str:
        """Return the ISO code of the row's amount."""
        if not self.currency or self.fixed_currency:
            return self.fixed_currency
        return str(take(row, self.currency) or "")

    def cell(self, row: object) -> SafeString:
        """Return the cell's content, linked and with its second line where declared."""
        content = self._shown(row)
        if self.link and (href := take(row, self.link)):
            content = format_html('<a href="{}">{}</a>', href, content)
        elif self.detail:
            content = format_html("<b>{}</b>", content)
        if self.detail and (detail := take(row, self.detail)):
            content = format_html("{}<span>{}</span>", content, detail)
        return content

    def _shown(self, row: object) -> SafeString:
        value = self.value(row)
        if value is None or value == "":
            return markup.ABSENT
        match self.kind:
            case "money":
                return markup.money(value, self.currency_of(row))
            case "quantity":
                return markup.quantity(value, self._unit(row))
            case "count":
                return format_html("{}", formats.number(value))
            case "day" | "month":
                return markup.day(value, "month" if self.kind == "month" else "long")
            case "moment":
                return markup.moment(value)
            case "age":
                return markup.age(value)
            case "state":
                return markup.badge(value, self.subject)
            case "id":
                return format_html('<span class="u-id">{}</span>', value)
            case "yes_no":
                return format_html("{}", "Yes" if value else "No")
        return format_html("{}", value)

    def _unit(self, row: object) -> str:
        return str(take(row, self.unit)) if callable(self.unit) else self.unit

    def exported_headings(self) -> list[str]:
        """Return the export's headings of this column: an amount is followed by its currency."""
        heads = [self.label]
        if self.kind == "money":
            heads.append(f"{self.label} currency")
        if self.detail:
            heads.append(f"{self.label} detail")
        return heads

    def exported(self, row: object) -> list[object]:
        """Return the export's values: exact numbers and ISO dates, the state's word, plain text."""
        value = self.value(row)
        values: list[object] = [self._plain(value)]
        if self.kind == "money":
            values.append(self.currency_of(row))
        if self.detail:
            values.append(take(row, self.detail))
        return values

    def _plain(self, value: Any) -> object:
        if value is None:
            return ""
        if self.kind == "state":
            return word(str(value), self.subject).text
        if self.kind == "age":
            return max((timezone.localdate() - formats.local_day(value)).days, 0)
        if self.kind == "yes_no":
            return "Yes" if value else "No"
        if isinstance(value, Decimal | int | datetime.date):
            return value
        return str(value)


def take(row: object, read: Read) -> Any:
    """Follow a dotted path through attributes (calling methods without arguments), or call the function."""
    if callable(read):
        return read(row)
    found: Any = row
    for name in read.split("."):
        if found is None:
            return None
        found = found[name] if isinstance(found, dict) else getattr(found, name)
        found = found() if callable(found) else found
    return found
