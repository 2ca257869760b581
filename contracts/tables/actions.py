"""Buttons of a page: what the person may do here now, and why not where it cannot be done."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Button:
    """A way to a form; with a `reason` it cannot be pressed now, and says why."""

    label: str
    href: str
    icon: str = ""
    primary: bool = False
    dialog: bool = False
    reason: str = ""
