"""How the events of messages, systems and reconciliations read in an activity feed."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.presentation.formats import counted, money
from core.queries.activity import describes


@describes("delivery.queued")
def _queued(payload: dict[str, Any]) -> str:
    return f"Queued {payload['label']} for {payload['system']}"


@describes("delivery.succeeded")
def _succeeded(payload: dict[str, Any]) -> str:
    how = "Found" if payload["adopted"] else "Posted"
    return f"{how} {payload['label']} as {payload['number']}"


@describes("delivery.rejected")
def _rejected(payload: dict[str, Any]) -> str:
    return f"{payload['system']} refused {payload['label']}: {payload['sentence']}"


@describes("delivery.dead")
def _dead(payload: dict[str, Any]) -> str:
    return f"Gave up sending {payload['label']}: {payload['error']}"


@describes("delivery.replayed")
def _replayed(payload: dict[str, Any]) -> str:
    return f"Sent {payload['label']} again"


@describes("delivery.waived")
def _waived(payload: dict[str, Any]) -> str:
    return f"Gave up the message about {payload['label']}"


@describes("system.paused")
def _paused(payload: dict[str, Any]) -> str:
    return f"Paused {payload['system']}"


@describes("system.resumed")
def _resumed(payload: dict[str, Any]) -> str:
    return f"Resumed {payload['system']}"


@describes("external_reference.linked")
def _linked(payload: dict[str, Any]) -> str:
    return f"Known as {payload['external_id']} in {payload['system']}"


@describes("erp_document.mirrored")
def _mirrored(payload: dict[str, Any]) -> str:
    read = f"Read {counted(payload['count'], 'changed document')}"
    gone = counted(len(payload["gone"]), "is gone", "are gone")
    return f"{read}, {gone}" if payload["gone"] else read


@describes("credential.stored")
def _stored(payload: dict[str, Any]) -> str:
    return f"Entered a {payload['purpose'].replace('_', ' ')} of {payload['system']}"


@describes("mapping.activated")
def _activated(payload: dict[str, Any]) -> str:
    return f"Put mapping {payload['number']} of {payload['system']} in force"


@describes("inbox_message.disputed")
def _disputed(payload: dict[str, Any]) -> str:
    return f"{payload['event_id']} came again with another body"


@describes("reconciliation.requested")
def _requested(payload: dict[str, Any]) -> str:
    return f"Asked to compare {_month(payload)} with {payload['system']}"


@describes("reconciliation.completed")
def _completed(payload: dict[str, Any]) -> str:
    breaks = counted(payload["breaks"], "break")
    return f"Compared {_month(payload)}: {payload['matched']} agree, {breaks}"


@describes("reconciliation.failed")
def _failed(payload: dict[str, Any]) -> str:
    return payload["error"] or f"{_month(payload)} could not be compared"


@describes("reconciliation.signed_off")
def _signed_off(payload: dict[str, Any]) -> str:
    return f"Signed {_month(payload)} off"


@describes("break.opened")
def _opened(payload: dict[str, Any]) -> str:
    return f"{payload['key']} differs by {_gap(payload)}"


@describes("break.resolved")
def _resolved(payload: dict[str, Any]) -> str:
    return f"{payload['key']} agrees now"


@describes("break.explained")
def _explained(payload: dict[str, Any]) -> str:
    return f"Proposed to accept {payload['key']}: {payload['explanation']}"


@describes("break.accepted")
def _accepted(payload: dict[str, Any]) -> str:
    return f"Accepted the difference of {payload['key']}: {payload['explanation']}"


@describes("process.started")
def _started(payload: dict[str, Any]) -> str:
    return f"Began to activate {payload['code']}"


@describes("process.advanced")
def _advanced(payload: dict[str, Any]) -> str:
    return f"{payload['label']}: confirmed"


@describes("process.stopped")
def _stopped(payload: dict[str, Any]) -> str:
    return f"{payload['label']} stopped: {payload['sentence']}"


@describes("process.resumed")
def _process_resumed(payload: dict[str, Any]) -> str:
    return f"Tried again: {', '.join(payload['steps'])}"


@describes("process.completed")
def _process_completed(payload: dict[str, Any]) -> str:
    return f"Everything is confirmed: {payload['code']} is open for delivery"


@describes("process.cancelled")
def _process_cancelled(payload: dict[str, Any]) -> str:
    back = ", ".join(payload["taken_back"])
    return f"Gave the activation of {payload['code']} up" + (f", took back {back}" if back else "")


def _month(payload: dict[str, Any]) -> str:
    return f"{date.fromisoformat(payload['month']):%B %Y}"


def _gap(payload: dict[str, Any]) -> str:
    gap = Decimal(payload["difference"]) or Decimal(payload["tax_difference"])
    return money(gap, payload["currency"]) if gap else "no amount"
