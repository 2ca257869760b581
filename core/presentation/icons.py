"""Icons by meaning: pages name what they mean, this module names the drawing in the `lucide` wheel."""

import re
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

ICONS: dict[str, str] = {
    # places
    "home": "house",
    "exceptions": "inbox",
    "approvals": "check-check",
    "timesheets": "clock",
    "expenses": "receipt",
    "camera": "camera",
    "milestones": "flag",
    "runs": "play",
    "proposals": "file-text",
    "reconciliation": "scale",
    "close": "lock",
    "contracts": "briefcase",
    "deals": "handshake",
    "rates": "tags",
    "customers": "building-2",
    "projects": "workflow",
    "people": "users",
    "dashboards": "chart-column",
    "trace": "route",
    "integrations": "activity",
    "processes": "list-checks",
    "administration": "database",
    # things people do
    "assign": "user-plus",
    "snooze": "alarm-clock",
    "hold": "pause",
    "send": "send",
    "export": "download",
    "upload": "upload",
    "print": "printer",
    "edit": "pencil",
    "add": "plus",
    "remove": "x",
    "discard": "trash-2",
    "copy": "copy",
    "link": "link",
    "search": "search",
    "columns": "columns-3",
    "save": "bookmark",
    "rules": "sliders-horizontal",
    "evidence": "paperclip",
    "comment": "message-square",
    "refresh": "refresh-cw",
    "undo": "undo-2",
    "split": "split",
    "history": "history",
    "more": "ellipsis",
    "open": "external-link",
    "sign-out": "log-out",
    # signs
    "calendar": "calendar",
    "menu": "menu",
    "help": "circle-question-mark",
    "notifications": "bell",
    "keyboard": "keyboard",
    "light": "sun",
    "dark": "moon",
    "system-theme": "monitor",
    "density": "rows-3",
    "passed": "check",
    "failed": "x",
    "changed": "pencil",
    "added": "plus",
    "warning": "triangle-alert",
    "error": "circle-alert",
    "information": "info",
    "success": "circle-check",
    "limit": "gauge",
    "money": "wallet",
    "system": "git-branch",
    "down": "chevron-down",
    "up": "chevron-up",
    "next": "chevron-right",
    "previous": "chevron-left",
    "ascending": "arrow-up",
    "descending": "arrow-down",
}


@lru_cache(maxsize=512)
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """Return the inline SVG of a meaning; refuse an unknown name with KeyError.

    Decorative and hidden from assistive technology, unless a label is given.
    """
    drawing = re.sub(r">\s+<", "><", lucide(ICONS[name], size=size, stroke_width="1.75"))
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(drawing.replace("<svg ", f'<svg class="c-icon" {spoken} ', 1))
