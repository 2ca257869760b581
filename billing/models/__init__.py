from billing.models.ceilings import CeilingUse
from billing.models.charges import Charge, Waiver
from billing.models.decisions import Adjustment, Hold
from billing.models.documents import ErpDocument, Payment
from billing.models.proposals import Proposal, ProposalLine, ProposalNote, ProposalTax
from billing.models.runs import BillingRun, RunFailure
from billing.models.tax import TaxCode, TaxRule

__all__ = [
    "Adjustment",
    "BillingRun",
    "CeilingUse",
    "Charge",
    "ErpDocument",
    "Hold",
    "Payment",
    "Proposal",
    "ProposalLine",
    "ProposalNote",
    "ProposalTax",
    "RunFailure",
    "TaxCode",
    "TaxRule",
    "Waiver",
]
