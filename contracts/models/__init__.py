from contracts.models.contracts import Contract, ContractLine, ContractVersion, Payer
from contracts.models.customers import BillingAccount, Customer
from contracts.models.deals import Deal, FieldConflict
from contracts.models.expenses import ExpenseCategory, ExpenseRule
from contracts.models.fixed_fee import InstalmentTerm, MilestoneTerm
from contracts.models.rates import ANY, Rate, RateCard
from contracts.models.reference import DeliveryRole, Region, ServiceLine

__all__ = [
    "ANY",
    "BillingAccount",
    "Contract",
    "ContractLine",
    "ContractVersion",
    "Customer",
    "Deal",
    "DeliveryRole",
    "ExpenseCategory",
    "ExpenseRule",
    "FieldConflict",
    "InstalmentTerm",
    "MilestoneTerm",
    "Payer",
    "Rate",
    "RateCard",
    "Region",
    "ServiceLine",
]
