"""A small demo firm, loaded once for all tests of a module."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from config.demo.calendar import DemoCalendar
from config.demo.firm.work import WorkPlan
from config.demo.loading.firm import Loaded, load_firm
from tests.databases import Databases
from tests.integrations.sandbox_erp.running import TOKEN, RunningErp

TODAY = date(2026, 11, 20)
PLAN = WorkPlan(DemoCalendar(TODAY, weeks=10), entries=1)


@contextmanager
def loaded_firm(databases: Databases, blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """Load the firm into a database of its own, which is dropped in the end."""
    with blocker.unblock():
        databases.enter_own_clone()
        try:
            yield load_firm(PLAN, lambda line: None)
        finally:
            databases.leave_own_clone()


@contextmanager
def running_erp(store: Path) -> Iterator[RunningErp]:
    """Run the sandbox ERP in a process of its own and point the settings at it."""
    erp = RunningErp(store)
    erp.start()
    try:
        with override_settings(
            SANDBOX_ERP_URL=erp.url, SANDBOX_ERP_TOKEN=TOKEN, SANDBOX_CRM_URL="http://127.0.0.1:9"
        ):
            yield erp
    finally:
        erp.stop()
