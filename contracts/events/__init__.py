"""Payloads of what happens to customers, agreements and prices."""

from contracts.events.contracts import (
    ContractActivated,
    ContractAmended,
    ContractCancelled,
    ContractChanged,
    ContractCompleted,
    ContractCreated,
    ContractHeld,
    ContractResumed,
    ContractTerminated,
)
from contracts.events.customers import (
    BillingAccountChanged,
    BillingAccountCreated,
    CustomerChanged,
    CustomerCreated,
)
from contracts.events.deals import (
    AboutDeal,
    ConflictSettled,
    DealCompleted,
    DealConverted,
    DealReceived,
    DealRechecked,
    DealRefreshed,
    DealWithdrawn,
)
from contracts.events.rates import (
    RateCardChanged,
    RateCardCreated,
    RateChanged,
    Replaced,
)
from contracts.events.versions import (
    VersionApproved,
    VersionChanged,
    VersionDrafted,
    VersionRejected,
    VersionSubmitted,
    VersionSuperseded,
)

__all__ = [
    "AboutDeal",
    "BillingAccountChanged",
    "BillingAccountCreated",
    "ConflictSettled",
    "ContractActivated",
    "ContractAmended",
    "ContractCancelled",
    "ContractChanged",
    "ContractCompleted",
    "ContractCreated",
    "ContractHeld",
    "ContractResumed",
    "ContractTerminated",
    "CustomerChanged",
    "CustomerCreated",
    "DealCompleted",
    "DealConverted",
    "DealReceived",
    "DealRechecked",
    "DealRefreshed",
    "DealWithdrawn",
    "RateCardChanged",
    "RateCardCreated",
    "RateChanged",
    "Replaced",
    "VersionApproved",
    "VersionChanged",
    "VersionDrafted",
    "VersionRejected",
    "VersionSubmitted",
    "VersionSuperseded",
]
