"""Links that keep the view: filters, sort and page live in the URL."""

from collections.abc import Mapping

from django.http import QueryDict
from django.utils.http import urlencode

# Parameters that say where in the list one stands; another filter or order starts at the top.
POSITIONS = ("page", "after", "item", "export")


def replaced(query: QueryDict | Mapping[str, str], **changes: object) -> str:
    """Return `?…` with parameters replaced, in a stable order; None or "" drops a parameter."""
    pairs = dict(query.lists()) if isinstance(query, QueryDict) else {k: [v] for k, v in query.items()}
    for name in POSITIONS:
        pairs.pop(name, None)
    for name, value in changes.items():
        pairs[name] = [] if value in (None, "") else [str(value)]
    return "?" + urlencode([(name, one) for name in sorted(pairs) for one in pairs[name] if one != ""])


def without(query: QueryDict, name: str, value: str = "") -> str:
    """Return `?…` without a parameter, or without one of its values."""
    kept = query.copy()
    if value:
        kept.setlist(name, [one for one in kept.getlist(name) if one != value])
    else:
        kept.pop(name, None)
    return replaced(kept)
