"""What the page of a deal shows of the system it came from: messages, its state there, what it was told."""

import json
from dataclasses import dataclass

from django.http import HttpRequest

from contracts.models import Deal
from core.pages import person_of
from core.permissions import holds
from core.presentation.panels import Panel
from integrations.models import InboxMessage, MirroredDeal

MOST = 20


@dataclass(frozen=True)
class Trail:
    """The raw trail of a deal, newest message first."""

    mirrored: MirroredDeal
    messages: list[InboxMessage]

    @property
    def body(self) -> str:
        """Return the deal as the system held it, readable."""
        return json.dumps(self.mirrored.body, indent=2, ensure_ascii=False)

    @property
    def told(self) -> str:
        """Return what the system was told of us."""
        said = {**self.mirrored.told}
        said["project_codes"] = ", ".join(said.get("project_codes") or []) or "no projects"
        return ", ".join(str(value) for value in said.values()) if self.mirrored.told else ""


def trail_of_deal(request: HttpRequest, deal: Deal) -> Panel | None:
    """Show where a deal came from to those who look at integrations."""
    if not holds(person_of(request), "integration.view"):
        return None
    mirrored = MirroredDeal.objects.filter(deal_id=deal.pk).select_related("system").first()
    if mirrored is None:
        return None
    found = InboxMessage.objects.filter(system=mirrored.system, subject=mirrored.external_id)
    return Panel("integrations/deal_trail.html", Trail(mirrored, list(found.defer("body")[:MOST])))
