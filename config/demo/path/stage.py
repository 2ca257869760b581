"""What every step of the walk needs: the days, the people, the ERP, and a voice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Min

from config.demo.calendar import DemoCalendar
from config.demo.cast import Cast
from config.demo.firm.exchange import SOURCE
from core.models import ExchangeRate
from integrations.sandbox_crm.administration import SandboxCrmAdministration
from integrations.sandbox_erp.administration import SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from timesheets.models import Timesheet


@dataclass(frozen=True)
class Stage:
    """`erp` is what Tieout's counterpart answers, `office` and `crm` what people do in ERP and CRM."""

    calendar: DemoCalendar
    cast: Cast
    erp: SandboxErpClient
    office: SandboxErpAdministration
    say: Callable[[str], object]
    crm: SandboxCrmAdministration | None = None


def loaded_calendar() -> DemoCalendar | None:
    """Return the days the firm was loaded with, read from its data; None where there is no demo firm."""
    published = ExchangeRate.objects.filter(source=SOURCE, valid__upper_inf=True).first()
    first: date | None = Timesheet.objects.aggregate(first=Min("week"))["first"]
    if published is None or first is None:
        return None
    today = published.valid.lower
    calendar = DemoCalendar(today)
    return DemoCalendar(today, (calendar.this_monday - first).days // 7)
