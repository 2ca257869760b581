"""How a page learns that something changed: one event, which parts that show it listen to.

The middleware fires it after every change that htmx posted; views fire it for what changed by itself.
"""

from typing import TypeVar

from django.http import HttpResponseBase
from django_htmx.http import trigger_client_event

CHANGED = "stateChanged"
R = TypeVar("R", bound=HttpResponseBase)


def tell_change(response: R) -> R:
    """Let the navigation's counts, and the lists that listen, ask for themselves anew."""
    return trigger_client_event(response, CHANGED, {})
