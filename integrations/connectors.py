"""From a system's row to the adapter that talks to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from integrations.adapters import Adapter
from integrations.models import System
from integrations.sandbox_erp.adapter import SandboxErpAdapter
from integrations.sandbox_erp.client import SandboxErpClient


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
