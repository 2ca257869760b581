"""Client of the sandbox ERP's administration: what a demo or a test does inside the ERP, faults included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Self
from urllib.parse import quote

from integrations.sandbox_erp.reading import Reading
from integrations.sandbox_erp.records import Document
from integrations.sandbox_erp.requests import NewDocument, written
from integrations.sandbox_erp.transport import JsonObject, Timeouts, Trace, connection_pool, request

ReferenceMode = Literal["idempotency_key", "unique", "searchable", "none"]
FaultName = Literal[
    "refuse",
    "closed_period",
    "delay",
    "commit_then_timeout",
    "429",
    "503",
    "500",
    "500_after_commit",
    "reset",
    "malformed",
]


@dataclass(frozen=True)
class TaxCode:
    """A tax code of a company; percent 20 means 20 %."""

    code: str
    name: str
    percent: Decimal

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "name": self.name, "percent": written(self.percent)}


@dataclass(frozen=True)
class CompanySettings:
    """A company of the ERP. Its number series starts at prefix + first number and is fixed afterwards."""

    code: str
    name: str
    country: str
    currency: str
    number_prefix: str
    first_number: int
    tax_codes: tuple[TaxCode, ...]
    currencies: tuple[str, ...] = ()
    auto_post: bool = False
    reference_mode: ReferenceMode = "searchable"
    search_delay_seconds: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            **self.__dict__,
            "currencies": list(self.currencies),
            "tax_codes": [tax_code.as_json() for tax_code in self.tax_codes],
        }


@dataclass(frozen=True)
class Fault:
    """One entry of the fault script; without method or path prefix it meets any API request."""

    fault: FaultName
    method: str | None = None
    path_prefix: str | None = None
    times: int = 1
    seconds: float | None = None
    retry_after: int | None = None
    code: str | None = None
    message: str | None = None
    field: str | None = None

    def as_json(self) -> dict[str, object]:
        named = {name: value for name, value in self.__dict__.items() if value is not None}
        match = {name: named.pop(name) for name in ("method", "path_prefix") if name in named}
        return {**named, "match": match}


@dataclass(frozen=True)
class Chaos:
    """Random faults: each matching request misbehaves with this chance in percent, decided by the seed."""

    seed: int
    percent: int
    faults: tuple[FaultName, ...] = ()
    seconds: float = 30
    retry_after: int = 2
    match: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {**self.__dict__, "faults": list(self.faults), "match": dict(self.match)}


class SandboxErpAdministration:
    """Acts inside the ERP; these calls never meet a fault."""

    def __init__(self, base_url: str, token: str) -> None:
        self._pool = connection_pool(base_url, token, Timeouts())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def put_company(self, settings: CompanySettings) -> None:
        """Create the company or replace its settings and tax codes."""
        self._send("PUT", f"companies/{quote(settings.code, safe='')}", settings.as_json())

    def set_period(self, company: str, period: str, state: Literal["open", "closed"]) -> None:
        """Open or close a month (YYYY-MM)."""
        self._send("PUT", f"companies/{quote(company, safe='')}/periods/{period}", {"state": state})

    def register_payment(
        self, document: str, amount: Decimal, currency: str, *, paid_on: date, reference: str | None = None
    ) -> str:
        """Book money received for a posted document and return the payment's number."""
        body = {
            "document": document,
            "amount": written(amount),
            "currency": currency,
            "paid_on": paid_on.isoformat(),
            "reference": reference,
        }
        return Reading(self._send("POST", "payments", body), "payment").text("number")

    def raise_document(self, document: NewDocument, *, post: bool = False) -> Document:
        """Raise a document by hand."""
        body = {**document.as_json(), "post": post}
        return Document.read(Reading(self._send("POST", "documents", body), "document"))

    def amend_document(
        self, number: str, header: Mapping[str, str], *, line: int = 1, net: Decimal | None = None
    ) -> Document:
        """Overwrite header fields, and one line's net amount (lines count from 1), whatever the state."""
        body: dict[str, object] = dict(header)
        if net is not None:
            body |= {"line": line, "net": written(net)}
        answer = self._send("PATCH", f"documents/{quote(number, safe='')}", body)
        return Document.read(Reading(answer, "document"))

    def void_document(self, number: str) -> Document:
        """Void an unpaid document; it keeps its number."""
        answer = self._send("POST", f"documents/{quote(number, safe='')}/void")
        return Document.read(Reading(answer, "document"))

    def delete_document(self, number: str) -> None:
        """Remove a document that nothing refers to."""
        self._send("DELETE", f"documents/{quote(number, safe='')}")

    def script_faults(self, faults: Sequence[Fault]) -> None:
        """Append to the fault script."""
        self._send("POST", "faults", [fault.as_json() for fault in faults])

    def fault_script(self) -> list[JsonObject]:
        """Read the script, spent entries (remaining 0) included."""
        answer = Reading(self._send("GET", "faults"), "faults")
        return [fault.data for fault in answer.children("faults")]

    def clear_faults(self) -> None:
        self._send("DELETE", "faults")

    def start_chaos(self, chaos: Chaos) -> None:
        self._send("PUT", "chaos", chaos.as_json())

    def chaos_state(self) -> JsonObject:
        """Read the settings with how many requests were seen and how many faults injected; empty when off."""
        answer = self._send("GET", "chaos")["chaos"]
        return answer if isinstance(answer, dict) else {}

    def stop_chaos(self) -> None:
        self._send("DELETE", "chaos")

    def _send(self, method: str, path: str, body: object = None) -> JsonObject:
        return request(self._pool, method, f"/api/admin/{path}", trace=Trace(), body=body)
