-- The most that may be billed: one ceiling at a time, that of the version in force today, for all work whenever
-- it was done. They are asked level by level: the line's hours and amount, those of the contract, then what the
-- payer's purchase order pays. What one level keeps back is not offered to the next, so the smallest room decides.
CREATE TEMP TABLE IF NOT EXISTS pricing_ceiling (
  contract_id uuid, level int, measure text, line_key text, billing_account_id uuid, ceiling numeric,
  used numeric, over_amount numeric, over_hours numeric
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_ceiling;

INSERT INTO pricing_ceiling
WITH current AS (
  SELECT DISTINCT ON (s.contract_id) s.contract_id, v.id, v.cap_amount, v.cap_hours
  FROM pricing_scope s
  JOIN contracts_contractversion v ON v.contract_id = s.contract_id AND v.status IN ('approved', 'superseded')
   AND v.effective_from <= current_setting('tieout.priced_on')::date
  ORDER BY s.contract_id, v.number DESC
)
SELECT c.contract_id, o.level, o.measure, o.line_key, o.billing_account_id, o.ceiling, 0, 0, 0
FROM current c
CROSS JOIN LATERAL (
  SELECT 1 AS level, 'hours' AS measure, l.key AS line_key, NULL::uuid AS billing_account_id, l.cap_hours AS ceiling
  FROM contracts_contractline l WHERE l.contract_version_id = c.id
  UNION ALL SELECT 2, 'amount', l.key, NULL, l.cap_amount
  FROM contracts_contractline l WHERE l.contract_version_id = c.id
  UNION ALL SELECT 3, 'hours', NULL, NULL, c.cap_hours
  UNION ALL SELECT 4, 'amount', NULL, NULL, c.cap_amount
  UNION ALL SELECT 5, 'amount', NULL, y.billing_account_id, y.purchase_order_amount
  FROM contracts_payer y WHERE y.contract_version_id = c.id
) o
WHERE o.ceiling IS NOT NULL;

-- What is measured against ceilings, taken out of the pass and given back when it is split.
CREATE TEMP TABLE IF NOT EXISTS pricing_capped (
  LIKE pricing_share
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_capped;

-- A source of a line measured: what it bills net, in how many hours, what of it is fixed, what it is granted.
CREATE TEMP TABLE IF NOT EXISTS pricing_claim (
  contract_id uuid, line_key text, source_type text, source_id uuid, billing_account_id uuid, service_on date,
  net numeric, hours numeric, kept_net numeric, kept_hours numeric, granted_net numeric, granted_hours numeric,
  level int, ceiling numeric
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_claim;
