"""What the firm's sellers have in the CRM, in the CRM's own words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from config.demo.calendar import DemoCalendar

CRM = "sandbox-crm"
# How the CRM's words become ours; "Sustainability" and the Nordic company stand for nothing yet.
RULES = {
    "selling_company": {"Ardley UK": "UK", "Ardley US": "US", "Ardley Germany": "DE"},
    "family": {"Advisory": "advisory", "Engineering": "engineering", "Data & AI": "data"},
    "billing": {
        "Time & materials": "time_and_materials",
        "Milestones": "milestones",
        "Instalments": "instalments",
    },
}


@dataclass(frozen=True)
class DealSpec:
    """A deal; `account` are legal name, country, tax registration, street, postal code, city, e-mail."""

    name: str
    account: tuple[str, ...]
    company: str
    currency: str
    products: tuple[tuple[str, str, str, str], ...]
    owner: str = "aisha@ardley.example"
    purchase_order: str = ""
    signed: str = "statement-of-work.pdf"
    won: bool = True

    def fields(self, calendar: DemoCalendar) -> dict[str, Any]:
        """Return the deal as the CRM takes it; delivery begins with the next month and lasts half a year."""
        legal_name, country, tax, street, postal_code, city, email = self.account
        start = calendar.open_month.plus(1)
        days = {"starts_on": f"{start.first}", "ends_on": f"{start.plus(6).first - timedelta(days=1)}"}
        amounts = [int(amount) for _, _, _, amount in self.products]
        return {
            "name": self.name,
            "account": {
                "name": legal_name,
                "legal_name": legal_name,
                "country": country,
                "tax_id": tax or None,
                "street": street,
                "postal_code": postal_code,
                "city": city,
            },
            "billing_contact": {"name": "Accounts payable", "email": email},
            "owner": {"name": "Tom Ashby", "email": "tom.ashby@ardley.example"},
            "selling_company": self.company,
            "delivery_owner_email": self.owner or None,
            "amount": f"{sum(amounts)}.00",
            "currency": self.currency,
            **days,
            "purchase_order": self.purchase_order or None,
            "purchase_order_required": bool(self.purchase_order),
            "payment_terms_days": 30,
            "signed_document": {"name": self.signed, "url": "https://sign.example/sow"}
            if self.signed
            else None,
            "products": [
                {
                    "id": f"P{place}",
                    "name": name,
                    "family": family,
                    "billing": billing,
                    "amount": amount,
                    **days,
                }
                for place, (name, family, billing, amount) in enumerate(self.products, start=1)
            ],
        }


_HALDEN = (
    "Halden Rail Ltd",
    "GB",
    "GB220519011",
    "8 Mint Row",
    "LS1 5QT",
    "Leeds",
    "payables@halden.example",
)
_PENNINE = (
    "Pennine Ports Ltd",
    "GB",
    "GB237418404",
    "2 Dock Road",
    "L3 4AF",
    "Liverpool",
    "ap@pennine.example",
)
_LINDEN = (
    "Lindenhof Kliniken GmbH",
    "DE",
    "DE349947513",
    "Parkallee 9",
    "20144",
    "Hamburg",
    "rechnung@linden.example",
)
_ASTER = ("Aster Retail Ltd", "GB", "", "77 Market Street", "M1 1WR", "Manchester", "finance@aster.example")
_FJORD = (
    "Fjordline Shipping Ltd",
    "GB",
    "GB781836453",
    "5 Quay Street",
    "NE1 3JE",
    "Newcastle",
    "ap@fjord.example",
)
_QUARRY = (
    "Quarrybank Estates Ltd",
    "GB",
    "GB768654769",
    "14 Hill Road",
    "B1 2AA",
    "Birmingham",
    "ap@quarry.example",
)

DEALS = (
    DealSpec(
        "Signalling data platform",
        _HALDEN,
        "Ardley UK",
        "GBP",
        (
            ("Platform design", "Advisory", "Time & materials", "84000"),
            ("Build", "Engineering", "Time & materials", "156000"),
        ),
        purchase_order="HR-90417",
    ),
    DealSpec(
        "Port community portal",
        _PENNINE,
        "Ardley UK",
        "GBP",
        (("Portal", "Engineering", "Time & materials", "98000"),),
    ),
    DealSpec(
        "Klinik-Cockpit",
        _LINDEN,
        "Ardley Germany",
        "EUR",
        (("Cockpit", "Data & AI", "Time & materials", "132000"),),
    ),
    DealSpec(
        "Store energy programme",
        _ASTER,
        "Ardley UK",
        "GBP",
        (("Energy roadmap", "Sustainability", "Time & materials", "61000"),),
    ),
    DealSpec(
        "Fleet emissions reporting",
        _FJORD,
        "Ardley Nordics",
        "GBP",
        (("Reporting", "Data & AI", "Time & materials", "47500"),),
        owner="",
        signed="",
    ),
    DealSpec(
        "Estate booking system",
        _QUARRY,
        "Ardley UK",
        "GBP",
        (("Booking system", "Engineering", "Time & materials", "73000"),),
        won=False,
    ),
)
