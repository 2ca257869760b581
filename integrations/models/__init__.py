from integrations.models.deliveries import Delivery, DeliveryAttempt
from integrations.models.reconciliation import Break, ReconciliationRun
from integrations.models.systems import ExternalReference, Route, System

__all__ = [
    "Break",
    "Delivery",
    "DeliveryAttempt",
    "ExternalReference",
    "ReconciliationRun",
    "Route",
    "System",
]
