-- I13: nothing open is dated into a closed period.
CREATE VIEW invariant_i13_periods AS
SELECT c.id AS charge_id, c.accounting_on, p.month
FROM billing_charge c
JOIN contracts_contract k ON k.id = c.contract_id
JOIN core_accountingperiod p ON p.legal_entity_id = k.legal_entity_id
 AND p.month = date_trunc('month', c.accounting_on)::date AND p.state = 'closed'
WHERE c.fixed_at IS NULL
