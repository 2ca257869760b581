"""Factories of documents and messages: what follows from priced work."""

from datetime import date
from decimal import Decimal

import factory
from factory import LazyAttribute, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from billing.models import (
    Adjustment,
    BillingRun,
    Charge,
    ErpDocument,
    Hold,
    Payment,
    Proposal,
    ProposalLine,
)
from core.identifiers import uuid7
from integrations.models import (
    Break,
    Delivery,
    ExternalReference,
    Process,
    ProcessStep,
    ReconciliationRun,
    Route,
    System,
)
from tests.factories import (
    NOW,
    BillingAccountFactory,
    ContractFactory,
    ContractVersionFactory,
    LegalEntityFactory,
    ProjectFactory,
    TaxCodeFactory,
    UserFactory,
)


class ChargeFactory(DjangoModelFactory[Charge]):
    class Meta:
        model = Charge

    contract = SubFactory(ContractFactory)
    line_key = "work"
    source_type = "time"
    source_id = factory.LazyFunction(uuid7)
    component = "base"
    billing_account = SubFactory(BillingAccountFactory, customer=SelfAttribute("..contract.customer"))
    project = SubFactory(ProjectFactory, contract=SelfAttribute("..contract"))
    task_id = factory.LazyFunction(uuid7)
    worker_id = factory.LazyFunction(uuid7)
    role = "senior"
    service_line = "advisory"
    service_on = date(2026, 11, 3)
    accounting_on = date(2026, 11, 3)
    quantity = Decimal("7.5000")
    worked_quantity = Decimal("7.5000")
    unit = "hour"
    unit_price = Decimal("120.0000")
    amount = Decimal("900.0000")
    currency = "GBP"


class BillingRunFactory(DjangoModelFactory[BillingRun]):
    class Meta:
        model = BillingRun

    number = Sequence(lambda n: f"BR-{90001 + n}")
    legal_entity = SubFactory(LegalEntityFactory)
    cut_off = date(2026, 11, 30)
    document_date = date(2026, 11, 30)
    prepared_by = SubFactory(UserFactory)


class ProposalFactory(DjangoModelFactory[Proposal]):
    class Meta:
        model = Proposal

    number = Sequence(lambda n: f"IP-{90001 + n}")
    contract_version = SubFactory(ContractVersionFactory)
    contract = SelfAttribute("contract_version.contract")
    legal_entity = SelfAttribute("contract.legal_entity")
    billing_account = SubFactory(BillingAccountFactory, customer=SelfAttribute("..contract.customer"))
    currency = "GBP"
    payment_terms_days = 30
    document_date = date(2026, 11, 30)
    service_from = date(2026, 11, 1)
    service_to = date(2026, 11, 30)
    net = Decimal("900.0000")
    tax = Decimal("180.0000")
    gross = LazyAttribute(lambda proposal: proposal.net + proposal.tax)
    prepared_by = SubFactory(UserFactory)

    class Params:
        approved = Trait(
            status="approved",
            approved_by=SubFactory(UserFactory),
            approved_at=NOW,
            approved_sha256="0" * 64,
        )
        posted = Trait(
            status="posted",
            approved_by=SubFactory(UserFactory),
            approved_at=NOW,
            approved_sha256="0" * 64,
            revision=1,
            erp_number=Sequence(lambda n: f"RE-{90001 + n}"),
            posted_on=date(2026, 11, 30),
        )


class ProposalLineFactory(DjangoModelFactory[ProposalLine]):
    class Meta:
        model = ProposalLine

    proposal = SubFactory(ProposalFactory)
    position = Sequence(lambda n: n + 1)
    group_key = Sequence(lambda n: f"group:{n}")
    section = "Consulting"
    description = "Senior consultant"
    quantity = Decimal("7.5000")
    unit = "hour"
    unit_price = Decimal("120.0000")
    net = Decimal("900.0000")
    service_line = "advisory"
    tax_code = SubFactory(TaxCodeFactory)


class HoldFactory(DjangoModelFactory[Hold]):
    class Meta:
        model = Hold

    contract = SubFactory(ContractFactory)
    source_id = factory.LazyFunction(uuid7)
    reason = "Customer asked us to wait"
    placed_by = SubFactory(UserFactory)


class AdjustmentFactory(DjangoModelFactory[Adjustment]):
    class Meta:
        model = Adjustment

    contract = SubFactory(ContractFactory)
    kind = "write_down"
    source_id = factory.LazyFunction(uuid7)
    amount = Decimal("50.0000")
    priced_at = Decimal("900.0000")
    code = "goodwill"
    reason = "Agreed with the customer"
    author = SubFactory(UserFactory)


class ErpDocumentFactory(DjangoModelFactory[ErpDocument]):
    class Meta:
        model = ErpDocument

    system = "sandbox_erp"
    legal_entity = SubFactory(LegalEntityFactory)
    number = Sequence(lambda n: f"RE-{70001 + n}")
    kind = "invoice"
    customer = "BA-1"
    document_date = date(2026, 11, 30)
    currency = "GBP"
    net = Decimal("900.0000")
    tax = Decimal("180.0000")
    gross = Decimal("1080.0000")
    state = "posted"
    read_at = NOW


class PaymentFactory(DjangoModelFactory[Payment]):
    class Meta:
        model = Payment

    proposal = SubFactory(ProposalFactory, posted=True)
    system = "sandbox_erp"
    external_id = Sequence(lambda n: f"PAY-{n}")
    amount = Decimal("1080.0000")
    currency = "GBP"
    paid_on = date(2026, 12, 10)


class SystemFactory(DjangoModelFactory[System]):
    class Meta:
        model = System
        django_get_or_create = ("code",)

    code = "sandbox_erp"
    name = "Sandbox ERP"
    vendor = "sandbox_erp"
    base_url = "http://127.0.0.1:8901"


class RouteFactory(DjangoModelFactory[Route]):
    class Meta:
        model = Route

    legal_entity = SubFactory(LegalEntityFactory)
    system = SubFactory(SystemFactory)
    company_code = SelfAttribute("legal_entity.code")


class ExternalReferenceFactory(DjangoModelFactory[ExternalReference]):
    class Meta:
        model = ExternalReference

    system = SubFactory(SystemFactory)
    object_type = "billing.proposal"
    object_id = factory.LazyFunction(uuid7)
    external_id = Sequence(lambda n: f"X-{n}")


class DeliveryFactory(DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    system = SubFactory(SystemFactory)
    legal_entity = SubFactory(LegalEntityFactory)
    aggregate_type = "billing.proposal"
    aggregate_id = factory.LazyFunction(uuid7)
    delivery_seq = 1
    operation = "create_invoice"
    operation_id = factory.LazyFunction(uuid7)
    payload = factory.LazyFunction(dict)
    payload_sha256 = "0" * 64
    correlation_id = Sequence(lambda n: f"correlation-{n:08d}")


class ProcessFactory(DjangoModelFactory[Process]):
    """An activation that waits for a person at its only step."""

    class Meta:
        model = Process
        skip_postgeneration_save = True

    kind = "contract_activation"
    subject_type = "contracts.contract"
    subject_id = factory.LazyFunction(uuid7)
    subject_label = Sequence(lambda n: f"C-{80001 + n}")
    party = Sequence(lambda n: f"Customer {n}")
    contract_id = SelfAttribute("subject_id")
    legal_entity = SubFactory(LegalEntityFactory)
    currency = "GBP"
    state = "waiting"
    correlation = Sequence(lambda n: f"process-{n:08d}")
    step = factory.RelatedFactory("tests.document_factories.ProcessStepFactory", "process")


class ProcessStepFactory(DjangoModelFactory[ProcessStep]):
    class Meta:
        model = ProcessStep

    process = SubFactory(ProcessFactory, step=None)
    position = 1
    key = "projects"
    work = "projects"
    label = "Projects set up"
    operation_id = factory.LazyFunction(uuid7)
    state = "waiting"
    error_class = "manager_missing"
    error = "Nobody manages it."


class ReconciliationRunFactory(DjangoModelFactory[ReconciliationRun]):
    class Meta:
        model = ReconciliationRun

    system = SubFactory(SystemFactory)
    legal_entity = SubFactory(LegalEntityFactory)
    month = date(2026, 11, 1)
    started_at = NOW


class BreakFactory(DjangoModelFactory[Break]):
    class Meta:
        model = Break

    system = SubFactory(SystemFactory)
    run = SubFactory(ReconciliationRunFactory, system=SelfAttribute("..system"))
    legal_entity = SelfAttribute("run.legal_entity")
    month = SelfAttribute("run.month")
    kind = "amount"
    key = Sequence(lambda n: f"break:{n}")
    currency = "GBP"
    ours = Decimal("900.0000")
    theirs = Decimal("890.0000")
    difference = Decimal("10.0000")
