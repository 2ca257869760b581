"""A CRM of the tests: its system here, its mapping and secret, and a source that answers from memory."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from core.actors import Actor
from integrations.actions.credentials import store_credential
from integrations.actions.mappings import activate_mapping
from integrations.adapters import CallFailed, DealPage, Payload, TheirDeal
from integrations.models import MappingVersion, System
from tests.integrations.sandbox_crm.building import SECRET, deal_fields

OPERATOR = Actor.system("test")
RULES = {
    "selling_company": {"Ardley Consulting UK": "UK"},
    "family": {"Advisory": "advisory"},
    "billing": {"Time & materials": "time_and_materials"},
}
SAMPLE = {"given": deal_fields(), "expected": {"legal_entity": "UK", "lines.p1.service_line": "advisory"}}


def crm_system(*, mapped: bool = True) -> System:
    """Enter the CRM with its webhook secret and, if asked, a mapping in force."""
    system = System.objects.create(code="crm", name="CRM", vendor="sandbox_crm", purpose="crm")
    keep_secret(system)
    if mapped:
        mapping = MappingVersion.objects.create(system=system, number=1, rules=RULES, samples=[SAMPLE])
        activate_mapping(mapping.pk, now=timezone.now(), actor=OPERATOR)
    return system


def keep_secret(system: System, secret: str = SECRET, *, others_until: datetime | None = None) -> None:
    """Store a webhook secret; older ones hold until the given time."""
    store_credential(
        system.pk,
        purpose="webhook_secret",
        secret=secret,
        others_until=others_until or timezone.now(),
        actor=OPERATOR,
    )


def their_deal(
    version: int = 1, *, stage: str = "closed_won", deal: str = "OPP-1", **changes: Any
) -> TheirDeal:
    """Return a deal as the CRM holds it."""
    changed_at = f"2026-11-18T09:00:{version:02d}.000+00:00"
    return TheirDeal(deal, version, stage == "closed_won", stage, changed_at, deal_fields(**changes))


class Source:
    """A DealSource in memory; what `fails` says happens to the next calls."""

    def __init__(self, *deals: TheirDeal) -> None:
        self.deals = {deal.external_id: deal for deal in deals}
        self.fails: list[CallFailed] = []
        self.calls: list[str] = []
        self.written: list[tuple[str, Payload]] = []

    def fetch(self, external_id: str) -> TheirDeal | None:
        self._answer(f"fetch {external_id}")
        return self.deals.get(external_id)

    def changed_since(self, moment: str, cursor: str = "") -> DealPage:
        self._answer(f"changed since {moment}")
        places = sorted((f"{deal.changed_at}|{deal.external_id}", deal) for deal in self.deals.values())
        due = [(place, deal) for place, deal in places if deal.changed_at >= moment and place > cursor]
        return DealPage([deal for _, deal in due[:1]], due[0][0] if len(due) > 1 else "")

    def write_back(self, external_id: str, values: Payload) -> TheirDeal:
        self._answer(f"write back {external_id}")
        self.written.append((external_id, dict(values)))
        held = self.deals[external_id]
        self.deals[external_id] = TheirDeal(
            held.external_id, held.version + 1, held.won, held.stage, held.changed_at, held.body
        )
        return self.deals[external_id]

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if self.fails:
            raise self.fails.pop(0)

    @contextmanager
    def connect(self, system: System) -> Iterator["Source"]:
        """Stand in for the connector."""
        yield self


def announcement(version: int = 1, deal: str = "OPP-1", **more: Any) -> bytes:
    """Return the body of a webhook."""
    return json.dumps({"type": "deal.changed", "data": {"id": deal, "version": version}, **more}).encode()


def signed(event: str, body: bytes, *, secret: str = SECRET, seconds: int | None = None) -> dict[str, str]:
    """Return the headers a sender makes."""
    stamp = str(seconds if seconds is not None else int(datetime.now(UTC).timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{event}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": event,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def post(body: bytes, headers: dict[str, str], system: str = "crm") -> Any:
    """Send a webhook as another system does."""
    return Client().post(f"/webhooks/{system}/", body, content_type="application/json", headers=headers)


def deliver(event: str = "evt_1", version: int = 1, deal: str = "OPP-1") -> Any:
    """Send an authentic webhook about a deal."""
    body = announcement(version, deal)
    return post(body, signed(event, body))
