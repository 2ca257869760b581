"""Template tags of the product: figures, dates, states, icons. A builtin library: no {% load %} needed."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.presentation import charts, formats, icons, markup, querystring
from core.presentation.vocabulary import word

register = template.Library()
NOTE_ICONS = {"warn": "warning", "bad": "error", "ok": "success"}

for _tag in (markup.money, markup.quantity, markup.day, markup.moment, markup.age, markup.badge, markup.keys):
    register.simple_tag(_tag)
register.simple_tag(charts.aging_strip)


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """Draw an icon by its meaning; refuse an unknown meaning."""
    return icons.icon(str(name), size, str(label))


@register.filter
def as_money(amount: Decimal, currency: str = "") -> str:
    """Return an amount as plain text, for attributes, titles and sentences."""
    return formats.money(amount, currency)


@register.filter
def as_day(value: datetime.date, style: str = "long") -> str:
    """Return a date as plain text: 18 Nov 2026."""
    return formats.day(value, style)


@register.filter
def counted(count: int, nouns: str) -> str:
    """Return a count with its noun: {{ n|counted:"entry,entries" }}, or {{ n|counted:"day" }}."""
    one, _, many = nouns.partition(",")
    return formats.counted(count, one, many)


@register.filter
def state_word(state: str, subject: str = "") -> str:
    """Return the word of a state as plain text."""
    return word(str(state), subject).text


@register.simple_tag
def query_with(query: HttpRequest | QueryDict | Mapping[str, str], **changes: object) -> str:
    """Return the query string with parameters replaced; None or "" drops one, and pages start over."""
    return querystring.replaced(query.GET if isinstance(query, HttpRequest) else query, **changes)


@register.simple_block_tag
def note(content: SafeString, tone: str = "info", icon: str = "") -> SafeString:
    """Wrap a remark in a note of a tone: info, warn, bad or ok."""
    drawing = icons.icon(icon or NOTE_ICONS.get(tone, "information"), 18)
    return format_html('<div class="c-note is-{}">{}<div>{}</div></div>', tone, drawing, content)


@register.simple_block_tag
def panel(content: SafeString, title: str = "", aside: str = "") -> SafeString:
    """Wrap a part of an inspector or side column in a section with a heading and a quiet remark."""
    remark = format_html(' <span class="u-meta">{}</span>', aside) if aside else ""
    heading = format_html("<h2>{}{}</h2>", title, remark) if title else ""
    return format_html('<section class="c-panel">{}{}</section>', heading, content)


@register.simple_block_tag
def dock(content: SafeString) -> SafeString:
    """Wrap the page's main actions in the bar at its foot."""
    return format_html('<div class="c-dock" role="region" aria-label="Actions">{}</div>', content)
