from core.models.access import ApiToken, Membership, Role, User
from core.models.base import Canonical
from core.models.entities import AccountingPeriod, Currency, ExchangeRate, LegalEntity
from core.models.events import Event, Reaction
from core.models.exceptions import ExceptionItem
from core.models.idempotency import IdempotencyRecord

__all__ = [
    "AccountingPeriod",
    "ApiToken",
    "Canonical",
    "Currency",
    "Event",
    "ExceptionItem",
    "ExchangeRate",
    "IdempotencyRecord",
    "LegalEntity",
    "Membership",
    "Reaction",
    "Role",
    "User",
]
