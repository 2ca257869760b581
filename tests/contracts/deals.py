"""Deals made through intake, for tests of what happens to them."""

from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.actions.deals import Origin, take_deal
from contracts.models import Deal
from core.actors import Actor
from core.models import LegalEntity, Role, User
from tests.contracts.builders import price_list
from tests.factories import LegalEntityFactory, MembershipFactory, ServiceLineFactory, UserFactory

INTAKE = Actor.system("deal intake")


def firm() -> LegalEntity:
    """Enter what a complete deal needs on our side: entity, delivery owner, service line and prices."""
    entity = LegalEntityFactory.create(code="UK", name="Ardley UK")
    owner = UserFactory.create(username="daniel", email="daniel@ardley.example")
    MembershipFactory.create(
        user=owner, role=Role.PROJECT_MANAGER, legal_entity=entity, valid=DateRange("2020-01-01", None)
    )
    ServiceLineFactory.create(code="advisory", name="Advisory")
    price_list()
    return entity


def delivery_owner() -> User:
    """Return the owner that deals name."""
    return User.objects.get(username="daniel")


def said(**changes: str) -> dict[str, str]:
    """Return what a complete deal says; `lines__p1__name` stands for the field `lines.p1.name`."""
    complete = {
        "name": "Network modernisation",
        "customer_name": "Halden Rail Ltd",
        "country": "GB",
        "tax_registration": "GB980780684",
        "street": "1 Station Road",
        "postal_code": "YO1 6HX",
        "city": "York",
        "contact_name": "Ana Bell",
        "contact_email": "ap@halden.example",
        "legal_entity": "UK",
        "currency": "GBP",
        "amount": "120000.00",
        "closed_on": "2026-11-18",
        "starts_on": "2026-12-01",
        "ends_on": "2027-05-31",
        "purchase_order": "PO-7781",
        "purchase_order_required": "yes",
        "payment_terms_days": "30",
        "delivery_owner": "daniel@ardley.example",
        "signed_document": "sow.pdf",
        "lines.p1.name": "Advice",
        "lines.p1.service_line": "advisory",
        "lines.p1.billing_method": "time_and_materials",
        "lines.p1.amount": "120000.00",
    }
    return complete | {name.replace("__", "."): text for name, text in changes.items()}


def take(version: int = 1, *, won: bool = True, source_id: str = "OPP-1", **changes: Any) -> Deal | None:
    """Take in a state of the deal."""
    origin = Origin("crm", source_id, version)
    return take_deal(origin, given=said(**changes), won=won, actor=INTAKE)


def taken(version: int = 1, **changes: Any) -> Deal:
    """Take in a state of the deal that is won."""
    deal = take(version, **changes)
    assert deal is not None
    return deal
