"""The sandbox CRM as intake sees it: its client's errors and records in our words."""

from typing import cast

from core.correlation import correlation_id
from integrations.adapters import DealPage, Payload, Rejected, TheirDeal
from integrations.sandbox_crm.client import SandboxCrmClient, WrittenBack
from integrations.sandbox_crm.records import CrmDeal
from integrations.sandbox_erp.adapter import in_our_words
from integrations.sandbox_erp.transport import Trace

WON = "closed_won"


class SandboxCrmAdapter:
    """Implements DealSource on the sandbox CRM's client."""

    def __init__(self, client: SandboxCrmClient) -> None:
        self._pool = client

    @property
    def _client(self) -> SandboxCrmClient:
        """The client under the correlation id of the work in progress."""
        return self._pool.with_trace(Trace(correlation_id=correlation_id()))

    def fetch(self, external_id: str) -> TheirDeal | None:
        """Return the deal as it is now, or None where it was deleted."""
        try:
            with in_our_words():
                return _their_deal(self._client.get_deal(external_id))
        except Rejected as rejected:
            if rejected.code == "deal_unknown":
                return None
            raise

    def changed_since(self, moment: str, cursor: str = "") -> DealPage:
        """Read a page of the deals changed at or after a moment."""
        with in_our_words():
            page = self._client.deals_changed_since(moment, cursor=cursor or None)
        return DealPage([_their_deal(deal) for deal in page.deals], page.next_cursor or "")

    def write_back(self, external_id: str, values: Payload) -> TheirDeal:
        """Have the CRM keep our codes and status."""
        with in_our_words():
            return _their_deal(self._client.write_back(external_id, cast(WrittenBack, dict(values))))

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


def _their_deal(deal: CrmDeal) -> TheirDeal:
    return TheirDeal(deal.id, deal.version, deal.stage == WON, deal.stage, deal.changed_at, deal.body)
