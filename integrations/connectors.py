"""From a system's row to the adapter that talks to it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings

from contracts.deals.terms import DealTerms
from integrations.adapters import Adapter, DealSource
from integrations.models import System
from integrations.queries.credentials import live_secret
from integrations.sandbox_crm.adapter import SandboxCrmAdapter
from integrations.sandbox_crm.client import SandboxCrmClient
from integrations.sandbox_crm.mapping import Rules, terms_of_deal
from integrations.sandbox_erp.adapter import SandboxErpAdapter
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.states import CredentialPurpose


def _sandbox_erp(system: System) -> Adapter:
    address = system.base_url or str(settings.SANDBOX_ERP_URL)
    return SandboxErpAdapter(SandboxErpClient(address, settings.SANDBOX_ERP_TOKEN))


ADAPTERS: dict[str, Callable[[System], Adapter]] = {"sandbox_erp": _sandbox_erp}


@contextmanager
def connected(system: System) -> Iterator[Adapter]:
    """Open the system's adapter; calls carry the correlation id of the work in progress."""
    adapter = ADAPTERS[system.vendor](system)
    try:
        yield adapter
    finally:
        adapter.close()


def _sandbox_crm(system: System) -> DealSource:
    address = system.base_url or str(settings.SANDBOX_CRM_URL)
    token = live_secret(system, CredentialPurpose.API_TOKEN) or settings.SANDBOX_CRM_TOKEN
    return SandboxCrmAdapter(SandboxCrmClient(address, token))


DEAL_SOURCES: dict[str, Callable[[System], DealSource]] = {"sandbox_crm": _sandbox_crm}
# From the body of a deal to terms of ours, by the tables of a mapping version.
DEAL_MAPPINGS: dict[str, Callable[[Mapping[str, object], Rules], DealTerms]] = {"sandbox_crm": terms_of_deal}


@contextmanager
def connected_source(system: System) -> Iterator[DealSource]:
    """Open a system where deals are won; calls carry the correlation id of the work in progress."""
    source = DEAL_SOURCES[system.vendor](system)
    try:
        yield source
    finally:
        source.close()
