"""Where things are shown; nothing where the reader's installation has no such page."""

from django.urls import NoReverseMatch, reverse


def address(name: str, *parts: object) -> str:
    """Return the address of a page by its name, or nothing."""
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""
