"""The connected ERP and the route of each company's invoices to it."""

from decimal import Decimal

from config.demo.firm.systems import COMPANIES, SYSTEM
from config.demo.loading.entering import enter
from core.models import LegalEntity
from integrations.models import Route, System
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
