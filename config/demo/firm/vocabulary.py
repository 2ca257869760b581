"""The codes that agreements, prices and work share."""

from decimal import Decimal

ROLES = {
    "analyst": "Business analyst",
    "consultant": "Consultant",
    "senior": "Senior consultant",
    "lead": "Lead consultant",
    "architect": "Solution architect",
    "data-engineer": "Data engineer",
}
SERVICE_LINES = {"advisory": "Advisory", "engineering": "Software engineering", "data": "Data and analytics"}
REGIONS = {"GB": "United Kingdom", "US": "United States", "DE": "Germany", "PL": "Poland"}

# Code: name, multiplier, billable.
WORK_TYPES = {
    "normal": ("Normal hours", Decimal(1), True),
    "overtime": ("Overtime", Decimal("1.5"), True),
    "travel": ("Travel time", Decimal("0.5"), True),
    "internal": ("Internal time", Decimal(1), False),
}
