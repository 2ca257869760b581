"""Client of the sandbox CRM's administration: what a demo or a test does inside the CRM, faults included."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, Self
from urllib.parse import quote

from integrations.sandbox_crm.records import CrmDeal
from integrations.sandbox_erp.administration import Fault
from integrations.sandbox_erp.errors import ErpError
from integrations.sandbox_erp.reading import Reading
from integrations.sandbox_erp.transport import JsonObject, Timeouts, Trace, connection_pool, request

Stage = Literal["prospecting", "proposal", "negotiation", "closed_won", "closed_lost"]
WebhookFault = Literal["duplicate", "drop", "hold", "bad_signature", "stale_timestamp", "other_body"]


class SandboxCrmAdministration:
    """Acts inside the CRM; these calls never meet a fault."""

    def __init__(self, base_url: str, token: str) -> None:
        self._pool = connection_pool(base_url, token, Timeouts())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def answers(self) -> bool:
        """Say whether the CRM can be reached."""
        try:
            self.messages()
        except ErpError:
            return False
        return True

    def open_deal(self, fields: Mapping[str, object]) -> CrmDeal:
        """Open a deal with the given fields."""
        return self._deal("POST", "deals", fields)

    def change_deal(self, deal_id: str, changes: Mapping[str, object]) -> CrmDeal:
        """Change the given fields, which is announced unless they are the same."""
        return self._deal("PATCH", f"deals/{quote(deal_id, safe='')}", changes)

    def move_deal(self, deal_id: str, stage: Stage, *, close_date: date | None = None) -> CrmDeal:
        """Move a deal to a stage; a close is dated today unless told otherwise."""
        body = {"stage": stage, "close_date": close_date and close_date.isoformat()}
        return self._deal("POST", f"deals/{quote(deal_id, safe='')}/stage", body)

    def delete_deal(self, deal_id: str) -> None:
        """Remove a deal without announcing it."""
        self._send("DELETE", f"deals/{quote(deal_id, safe='')}")

    def subscribe(self, url: str, secret: str) -> None:
        """Have webhooks sent to an address, signed with the secret (`whsec_` and base64)."""
        self._send("PUT", "subscriptions", {"url": url, "secret": secret})

    def messages(self, deal_id: str = "") -> list[JsonObject]:
        """Read what was or will be sent, oldest first."""
        suffix = f"?deal={quote(deal_id, safe='')}" if deal_id else ""
        answer = Reading(self._send("GET", f"messages{suffix}"), "messages")
        return [message.data for message in answer.children("messages")]

    def send_again(self, message: int) -> None:
        """Send a message once more."""
        self._send("POST", f"messages/{message}/send")

    def spoil_webhooks(self, fault: WebhookFault, *, times: int = 1, seconds: int | None = None) -> None:
        """Have the next events suffer on their way; `seconds` is how long one is held back."""
        entry = {"fault": fault, "times": times, **({"seconds": seconds} if seconds is not None else {})}
        self._send("POST", "webhook-faults", [entry])

    def script_faults(self, faults: Sequence[Fault]) -> None:
        """Append to the fault script of the interface."""
        self._send("POST", "faults", [fault.as_json() for fault in faults])

    def clear_faults(self) -> None:
        """Forget every scripted fault."""
        self._send("DELETE", "faults")
        self._send("DELETE", "webhook-faults")

    def _deal(self, method: str, path: str, body: object) -> CrmDeal:
        return CrmDeal.read(Reading(self._send(method, path, body), path))

    def _send(self, method: str, path: str, body: object = None) -> JsonObject:
        return request(self._pool, method, f"/api/admin/{path}", trace=Trace(), body=body)
