"""Figures, dates and states as HTML: what the template tags and the table cells both write."""

import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.presentation import formats
from core.presentation.vocabulary import word

ABSENT = mark_safe('<span class="u-absent">–</span>')
OVERDUE = mark_safe('<span class="u-hidden">, overdue</span>')


def money(
    amount: Decimal | None, currency: str = "", *, code: bool = False, sign: bool = False
) -> SafeString:
    """Write an amount as `<data>` whose value is the exact figure; None is shown as a dash."""
    if amount is None:
        return ABSENT
    css = "u-num u-negative" if amount < 0 else "u-num"
    text = formats.money(amount, currency, code=code, sign=sign)
    return format_html('<data class="{}" value="{}">{}</data>', css, f"{amount:f}", text)


def quantity(value: Decimal | None, unit: str = "") -> SafeString:
    """Write a quantity with its unit; None is shown as a dash."""
    if value is None:
        return ABSENT
    text = formats.quantity(value, unit)
    return format_html('<data class="u-num" value="{}">{}</data>', f"{value:f}", text)


def day(value: datetime.date | datetime.datetime | None, style: str = "long") -> SafeString:
    """Write a date as `<time>`: long (18 Nov 2026), short (18 Nov) or month (November 2026)."""
    if value is None:
        return ABSENT
    date = formats.local_day(value)
    text = formats.day(date, style)
    if style == "long":
        return format_html('<time datetime="{}">{}</time>', date.isoformat(), text)
    return format_html('<time datetime="{}" title="{}">{}</time>', date.isoformat(), formats.day(date), text)


def moment(value: datetime.datetime | None) -> SafeString:
    """Write a point in time in the reader's time zone: 20 Nov 2026 14:05."""
    if value is None:
        return ABSENT
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.moment(value))


def age(
    since: datetime.date | datetime.datetime | None, *, late: bool = False, today: datetime.date | None = None
) -> SafeString:
    """Write an age in days with its date as tooltip; `late` marks what is past its due time."""
    if since is None:
        return ABSENT
    date = formats.local_day(since)
    return format_html(
        '<time class="{}" datetime="{}" title="since {}">{}{}</time>',
        "u-late" if late else "u-num",
        date.isoformat(),
        formats.day(date),
        formats.age(since, today or timezone.localdate()),
        OVERDUE if late else "",
    )


def badge(state: str, subject: str = "", *, text: str = "", tone: str = "") -> SafeString:
    """Write a state as its word and tone; `text` and `tone` replace either."""
    known = word(str(state), subject)
    return format_html('<span class="c-tag is-{}">{}</span>', tone or known.tone, text or known.text)


def keys(*names: str) -> SafeString:
    """Write keyboard keys, each in its own box."""
    return format_html_join("", "<kbd>{}</kbd>", ((name,) for name in names))
