from core.models.access import ApiToken, Membership, Role, User
from core.models.attachments import Attachment
from core.models.base import Canonical
from core.models.entities import AccountingPeriod, Currency, ExchangeRate, LegalEntity
from core.models.events import Event, Reaction
from core.models.exceptions import ExceptionItem
from core.models.idempotency import IdempotencyRecord
from core.models.routes import ExceptionRoute
from core.models.schedules import ScheduleSlot
from core.models.seals import EventSeal, SealedEvent

__all__ = [
    "AccountingPeriod",
    "ApiToken",
    "Attachment",
    "Canonical",
    "Currency",
    "Event",
    "EventSeal",
    "ExceptionItem",
    "ExceptionRoute",
    "ExchangeRate",
    "IdempotencyRecord",
    "LegalEntity",
    "Membership",
    "Reaction",
    "Role",
    "ScheduleSlot",
    "SealedEvent",
    "User",
]
