"""How people call the causes of exceptions."""

from core.fixes import names_causes

names_causes(
    log_broken="The event log was changed",
    rate_missing="No rate for the work date",
    rate_ambiguous="Two rates of equal rank",
    rate_currency="Rate in another currency",
    worker_inactive="Work without an employment",
    contract_incomplete="No terms in force",
    tax_unresolved="No tax rule answers",
    fx_missing="No exchange rate",
    negative_total="Open charges below zero",
    credit_above_nothing="A credit above zero",
    too_many_charges="Too many charges for one document",
    erp_rejected="ERP rejected the invoice",
    customer_incomplete="Customer incomplete in the ERP",
    period_closed="Period closed in the ERP",
    tax_code_unknown="Tax code unknown to the ERP",
    mapping_missing="No system for the document",
    amount_differs="ERP posted another amount",
    delivery_dead="Message given up",
    outcome_unknown="Outcome unknown",
    outcome_not_taken="Outcome not taken over",
    break_open="Reconciliation break",
    system_unreachable="System does not answer",
    auth_failed="System refuses our credentials",
    milestone_unsigned="Milestone waits for its sign-off",
    reaction_failed="Event not processed",
)
