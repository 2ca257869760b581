"""The connected ERP and the route of each company's invoices to it."""

from decimal import Decimal

from django.utils import timezone

from config.demo.calendar import DemoCalendar
from config.demo.cast import Cast
from config.demo.firm.deals import CRM, DEALS, RULES
from config.demo.firm.systems import COMPANIES, SYSTEM
from config.demo.loading.entering import enter
from core.models import LegalEntity
from integrations.actions.mappings import activate_mapping
from integrations.models import MappingVersion, Route, System
from integrations.states import AdapterClass


def load_systems() -> None:
    """Enter the sandbox ERP; its address is the environment's."""
    (system,) = enter(
        [
            System(
                code=SYSTEM,
                name="Sandbox ERP",
                vendor="sandbox_erp",
                adapter_class=AdapterClass.UNIQUE_REFERENCE,
                commit_delay_seconds=5,
                tolerance=Decimal("0.05"),
            )
        ]
    )
    entities = LegalEntity.objects.filter(code__in=COMPANIES)
    enter(
        Route(legal_entity=entity, system=system, company_code=COMPANIES[entity.code]) for entity in entities
    )


def load_crm(cast: Cast) -> None:
    """Enter the sandbox CRM with the mapping of its deals, put in force by the steward."""
    (system,) = enter([System(code=CRM, name="Sandbox CRM", vendor="sandbox_crm", purpose="crm")])
    given = DEALS[0].fields(DemoCalendar(timezone.localdate()))
    expected = {"legal_entity": "UK", "lines.p1.service_line": "advisory", "currency": "GBP"}
    samples = [{"given": given, "expected": expected}]
    (mapping,) = enter([MappingVersion(system=system, number=1, rules=RULES, samples=samples)])
    activate_mapping(mapping.pk, now=timezone.now(), actor=cast.steward)
