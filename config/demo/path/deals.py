"""The sellers' side: deals in the CRM, most of them won; how they arrive is the way of every day."""

import base64
import os
import time

from django.utils import timezone

from config.demo.firm.deals import CRM, DEALS
from config.demo.path.stage import Stage
from config.demo.path.waiting import settle_events
from contracts.models import Deal
from integrations.actions.credentials import store_credential
from integrations.inbox.processing import process_inbox
from integrations.inbox.sweeping import sweep_deals
from integrations.inbox.telling import tell_back
from integrations.models import System
from integrations.states import CredentialPurpose

_PATIENCE = 15


def win_deals(stage: Stage) -> None:
    """Open the firm's deals in the CRM and win them; one webhook comes twice, one never."""
    if stage.crm is None:
        stage.say("The sandbox CRM does not answer, so no deals are won.")
        return
    system = System.objects.get(code=CRM)
    _subscribe(stage, system)
    for place, spec in enumerate(DEALS):
        opened = stage.crm.open_deal(spec.fields(stage.calendar))
        if place in (0, 1):
            stage.crm.spoil_webhooks("duplicate" if place == 0 else "drop")
        stage.crm.move_deal(opened.id, "closed_won" if spec.won else "negotiation")
    _arrive(system)
    told = Deal.objects.order_by("code").values_list("code", "name", "state", "contract__code")
    for code, name, state, contract in told:
        stage.say(f"Deal {code} {name}: {state}{f' to {contract}' if contract else ''}.")


def _subscribe(stage: Stage, system: System) -> None:
    secret = f"whsec_{base64.b64encode(os.urandom(24)).decode()}"
    store_credential(
        system.pk,
        purpose=CredentialPurpose.WEBHOOK_SECRET,
        secret=secret,
        others_until=timezone.now(),
        actor=stage.cast.support,
    )
    assert stage.crm is not None
    port = os.environ.get("TIEOUT_PORT") or "8000"
    stage.crm.subscribe(f"http://127.0.0.1:{port}/webhooks/{CRM}/", secret)


def _arrive(system: System) -> None:
    """Wait for the webhooks, help their processing, and sweep for the one that never comes."""
    until = time.monotonic() + _PATIENCE
    won = sum(spec.won for spec in DEALS)
    while Deal.objects.count() < won - 1 and time.monotonic() < until:
        time.sleep(0.3)
        process_inbox()
    sweep_deals(system)
    settle_events()
    tell_back(system)
