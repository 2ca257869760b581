-- The open charges become exactly the wanted slices: rows that are right already are not touched.
-- Charges on a draft, reviewed or approved proposal move with their facts; the proposal follows later.
-- Charges are dated into the first open period of the legal entity from the service date on.
CREATE TEMP TABLE IF NOT EXISTS pricing_date (
  contract_id uuid, service_on date, accounting_on date
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_date;

INSERT INTO pricing_date
SELECT w.contract_id, w.service_on,
       CASE WHEN closed.month IS NULL THEN w.service_on ELSE (
         SELECT min(m)::date FROM generate_series(closed.month, closed.month + interval '10 years', '1 month') m
         WHERE NOT EXISTS (SELECT FROM core_accountingperiod p WHERE p.legal_entity_id = s.legal_entity_id
                           AND p.month = m::date AND p.state = 'closed')) END
FROM (SELECT DISTINCT contract_id, service_on FROM pricing_wanted) w
JOIN pricing_scope s USING (contract_id)
LEFT JOIN core_accountingperiod closed ON closed.legal_entity_id = s.legal_entity_id
  AND closed.month = date_trunc('month', w.service_on)::date AND closed.state = 'closed';
ANALYZE pricing_date;

CREATE TEMP TABLE IF NOT EXISTS pricing_standing (
  charge_id uuid, proposal_line_id uuid, LIKE pricing_wanted, accounting_on date
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_standing;

INSERT INTO pricing_standing
SELECT c.id, c.proposal_line_id, c.contract_id, c.line_key, c.source_type, c.source_id,
       coalesce(a.source_id, c.source_id), c.component,
       c.project_id, c.task_id, c.worker_id, c.role, c.service_line, c.service_on, c.quantity,
       c.worked_quantity, c.unit, c.unit_price, c.amount, c.billable, c.not_billable_reason,
       c.contract_version_id, c.rate_id, c.explanation, c.billing_account_id, c.slice, c.reverses_id,
       c.accounting_on
FROM billing_charge c
JOIN pricing_scope s ON s.contract_id = c.contract_id
LEFT JOIN billing_adjustment a ON a.id = c.source_id
WHERE c.fixed_at IS NULL
  AND (NOT EXISTS (SELECT FROM pricing_focus) OR c.source_id IN (SELECT source_id FROM pricing_focus));
ANALYZE pricing_standing (contract_id, source_id);

WITH gone AS (
  DELETE FROM billing_charge c USING pricing_standing t
  WHERE c.id = t.charge_id AND c.fixed_at IS NULL AND NOT EXISTS (
    SELECT FROM pricing_wanted w
    WHERE (w.contract_id, w.line_key, w.source_id, w.component, w.billing_account_id, w.slice)
        = (t.contract_id, t.line_key, t.source_id, t.component, t.billing_account_id, t.slice))
  RETURNING c.contract_id, c.amount, c.proposal_line_id
)
INSERT INTO pricing_touched SELECT contract_id, 'removed', 1, -amount, proposal_line_id FROM gone;

WITH changed AS (
  UPDATE billing_charge c SET
    source_type = w.source_type, project_id = w.project_id, task_id = w.task_id, worker_id = w.worker_id,
    role = w.role, service_line = w.service_line, service_on = w.service_on, accounting_on = y.accounting_on,
    quantity = w.quantity, worked_quantity = w.worked, unit = w.unit, unit_price = w.unit_price,
    amount = w.amount, billable = w.billable, not_billable_reason = w.not_billable_reason,
    contract_version_id = w.version_id, rate_id = w.rate_id, explanation = w.explanation,
    reverses_id = w.reverses_id,
    status = CASE WHEN w.billable THEN c.status ELSE 'open' END,
    proposal_line_id = CASE WHEN w.billable THEN c.proposal_line_id END
  FROM pricing_wanted w
  JOIN pricing_date y USING (contract_id, service_on)
  JOIN pricing_standing t
    ON (w.contract_id, w.line_key, w.source_id, w.component, w.billing_account_id, w.slice)
     = (t.contract_id, t.line_key, t.source_id, t.component, t.billing_account_id, t.slice)
  WHERE c.id = t.charge_id AND c.fixed_at IS NULL
    AND (t.project_id, t.task_id, t.worker_id, t.role, t.service_line, t.service_on, t.accounting_on, t.quantity,
         t.worked, t.unit, t.unit_price, t.amount, t.billable, t.not_billable_reason, t.version_id, t.rate_id,
         t.explanation, t.reverses_id)
     IS DISTINCT FROM
        (w.project_id, w.task_id, w.worker_id, w.role, w.service_line, w.service_on, y.accounting_on, w.quantity,
         w.worked, w.unit, w.unit_price, w.amount, w.billable, w.not_billable_reason, w.version_id, w.rate_id,
         w.explanation, w.reverses_id)
  RETURNING c.contract_id, w.amount - t.amount AS amount, t.proposal_line_id
)
INSERT INTO pricing_touched SELECT contract_id, 'changed', 1, amount, proposal_line_id FROM changed;

-- What is new about work that stands on a document nobody has released joins it there.
WITH beside AS (
  SELECT DISTINCT ON (t.contract_id, t.root_id, t.billing_account_id)
         t.contract_id, t.root_id, t.billing_account_id, t.proposal_line_id
  FROM pricing_standing t
  JOIN billing_proposalline l ON l.id = t.proposal_line_id
  JOIN billing_proposal p ON p.id = l.proposal_id AND p.kind = 'invoice'
  ORDER BY t.contract_id, t.root_id, t.billing_account_id, p.created_at
), added AS (
  INSERT INTO billing_charge (contract_id, line_key, source_type, source_id, component, billing_account_id,
    slice, project_id, task_id, worker_id, role, service_line, service_on, accounting_on, quantity,
    worked_quantity, unit, unit_price, amount, currency, billable, not_billable_reason, status,
    proposal_line_id, reverses_id, contract_version_id, rate_id, explanation)
  SELECT w.contract_id, w.line_key, w.source_type, w.source_id, w.component, w.billing_account_id, w.slice,
    w.project_id, w.task_id, w.worker_id, w.role, w.service_line, w.service_on, y.accounting_on, w.quantity,
    w.worked, w.unit, w.unit_price, w.amount, s.currency, w.billable, w.not_billable_reason,
    CASE WHEN b.proposal_line_id IS NULL THEN 'open' ELSE 'proposed' END, b.proposal_line_id, w.reverses_id,
    w.version_id, w.rate_id, w.explanation
  FROM pricing_wanted w
  JOIN pricing_scope s USING (contract_id)
  JOIN pricing_date y USING (contract_id, service_on)
  LEFT JOIN beside b ON (b.contract_id, b.root_id, b.billing_account_id)
    = (w.contract_id, w.root_id, w.billing_account_id) AND w.billable AND w.reverses_id IS NULL
  WHERE NOT EXISTS (
    SELECT FROM pricing_standing t
    WHERE (w.contract_id, w.line_key, w.source_id, w.component, w.billing_account_id, w.slice)
        = (t.contract_id, t.line_key, t.source_id, t.component, t.billing_account_id, t.slice))
  RETURNING contract_id, amount, proposal_line_id
)
INSERT INTO pricing_touched
SELECT contract_id, 'added', count(*), sum(amount), proposal_line_id FROM added
GROUP BY contract_id, proposal_line_id;
