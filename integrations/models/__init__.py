from integrations.models.deliveries import Delivery, DeliveryAttempt
from integrations.models.inbox import Credential, InboxMessage, MappingVersion, MirroredDeal
from integrations.models.objectives import FlowObjective
from integrations.models.processes import Process, ProcessStep, StepAttempt
from integrations.models.reconciliation import Break, ReconciliationRun
from integrations.models.systems import ExternalReference, Route, System

__all__ = [
    "Break",
    "Credential",
    "Delivery",
    "DeliveryAttempt",
    "ExternalReference",
    "FlowObjective",
    "InboxMessage",
    "MappingVersion",
    "MirroredDeal",
    "Process",
    "ProcessStep",
    "ReconciliationRun",
    "Route",
    "StepAttempt",
    "System",
]
