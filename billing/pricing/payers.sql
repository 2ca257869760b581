-- Every payer's share is rounded; the rounding payer takes what is left of amount and quantities.
-- A source whose terms name no payer is a gap, not a source of nobody.
INSERT INTO pricing_gap
SELECT p.contract_id, p.source_id, 'contract_incomplete', p.role, p.worker, p.region, p.service_line,
       p.work_type, p.work_date, p.hours, p.multiplier, p.worker_id
FROM pricing_priced p
WHERE p.outcome IN ('priced', 'effort')
  AND NOT EXISTS (SELECT FROM contracts_payer y WHERE y.contract_version_id = p.version_id);

-- One payer takes all of it.
INSERT INTO pricing_share
SELECT b.*, y.billing_account_id
FROM pricing_should b
JOIN contracts_payer y ON y.contract_version_id = b.version_id AND y.percent = 100;

-- Several payers.
INSERT INTO pricing_share
SELECT b.contract_id, b.line_key, b.source_type, b.source_id, b.root_id, b.component, b.project_id,
       b.task_id, b.worker_id, b.role, b.service_line, b.service_on,
       CASE WHEN y.takes_rounding THEN b.quantity - sum(q.quantity) OVER w + q.quantity ELSE q.quantity END,
       CASE WHEN y.takes_rounding THEN b.worked - sum(q.worked) OVER w + q.worked ELSE q.worked END,
       b.unit, b.unit_price,
       CASE WHEN y.takes_rounding THEN b.amount - sum(q.amount) OVER w + q.amount ELSE q.amount END,
       b.billable, b.not_billable_reason, b.version_id, b.rate_id, b.explanation, y.billing_account_id
FROM pricing_should b
JOIN pricing_scope s USING (contract_id)
JOIN contracts_payer y ON y.contract_version_id = b.version_id AND y.percent < 100
CROSS JOIN LATERAL (
  SELECT round(b.quantity * y.percent / 100, 4) AS quantity, round(b.worked * y.percent / 100, 4) AS worked,
         round(b.amount * y.percent / 100, s.minor_unit) AS amount
) q
WINDOW w AS (PARTITION BY b.contract_id, b.line_key, b.source_id, b.component);

ANALYZE pricing_share (contract_id, source_id);
