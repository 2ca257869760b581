"""HTTP client of the sandbox CRM. It sends once, never retries, and knows nothing of our own records."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Self, TypedDict
from urllib.parse import quote

from integrations.sandbox_crm.records import CrmDeal
from integrations.sandbox_erp.reading import Reading
from integrations.sandbox_erp.transport import Timeouts, Trace, connection_pool, request


class WrittenBack(TypedDict, total=False):
    """What the CRM keeps of us beside a deal."""

    contract_code: str | None
    project_codes: Sequence[str]
    delivery_status: str | None


@dataclass(frozen=True)
class DealPage:
    """Some deals in the order of their changes; ask again with the cursor while there is one."""

    deals: tuple[CrmDeal, ...]
    next_cursor: str | None


class SandboxCrmClient:
    """Every method raises an error of `sandbox_erp.errors` when the CRM does not answer as asked."""

    def __init__(
        self, base_url: str, token: str, *, trace: Trace | None = None, timeouts: Timeouts | None = None
    ) -> None:
        self._pool = connection_pool(base_url, token, timeouts or Timeouts())
        self._trace = trace or Trace()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._pool.close()

    def with_trace(self, trace: Trace) -> "SandboxCrmClient":
        """Return a client on the same connections that sends these ids."""
        other = copy(self)
        other._trace = trace
        return other

    def get_deal(self, deal_id: str) -> CrmDeal:
        """Read one deal; Refused with deal_unknown when it is not there."""
        return CrmDeal.read(self._send("GET", f"/api/deals/{quote(deal_id, safe='')}"))

    def deals_changed_since(self, moment: str, *, cursor: str | None = None, limit: int = 50) -> DealPage:
        """Read a page of the deals changed at or after a moment (the CRM's own text), oldest first."""
        query = {"changed_since": moment, "cursor": cursor, "limit": limit}
        page = self._send("GET", "/api/deals", query=query)
        deals = tuple(CrmDeal.read(data) for data in page.children("deals"))
        return DealPage(deals, page.optional_text("next_cursor"))

    def write_back(self, deal_id: str, values: WrittenBack) -> CrmDeal:
        """Have the CRM keep our codes and status; repeating is harmless."""
        return CrmDeal.read(self._send("PATCH", f"/api/deals/{quote(deal_id, safe='')}", body=values))

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | None] | None = None,
        body: object = None,
    ) -> Reading:
        data = request(self._pool, method, path, trace=self._trace, query=query, body=body)
        return Reading(data, f"{method} {path}")
