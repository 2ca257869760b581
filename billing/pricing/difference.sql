-- Should − fixed = open, per contract, line, source, component and payer.
-- No fixed charge: the whole price is open. Otherwise the contract's policy names the slices:
--   a rise is one further slice; a fall credits the latest originals, each by at most what is left of it;
--   under `rebill`, where price or quantity changed, what stands is reversed and the whole priced anew.
-- Sources with a gap keep what is fixed: an unknown price credits nothing.
CREATE TEMP TABLE IF NOT EXISTS pricing_fixed (
  LIKE pricing_share, charge_id uuid, reverses_id uuid, fixed_at timestamptz,
  left_amount numeric, left_quantity numeric, left_worked numeric, credits bigint
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_fixed;

INSERT INTO pricing_fixed
SELECT c.contract_id, c.line_key, c.source_type, c.source_id, c.component, c.project_id, c.task_id,
       c.worker_id, c.role, c.service_line, c.service_on, c.quantity, c.worked_quantity, c.unit, c.unit_price,
       c.amount, c.billable, c.not_billable_reason, c.contract_version_id, c.rate_id, c.explanation,
       c.billing_account_id, c.id, c.reverses_id, c.fixed_at,
       c.amount + coalesce(k.amount, 0), c.quantity + coalesce(k.quantity, 0),
       c.worked_quantity + coalesce(k.worked, 0), coalesce(k.credits, 0)
FROM billing_charge c
JOIN pricing_scope s ON s.contract_id = c.contract_id
LEFT JOIN (
  SELECT x.reverses_id AS id, sum(x.amount) AS amount, sum(x.quantity) AS quantity,
         sum(x.worked_quantity) AS worked, count(*) AS credits
  FROM billing_charge x JOIN pricing_scope USING (contract_id)
  WHERE x.fixed_at IS NOT NULL AND x.reverses_id IS NOT NULL
  GROUP BY x.reverses_id
) k ON k.id = c.id
WHERE c.fixed_at IS NOT NULL
  AND (NOT EXISTS (SELECT FROM pricing_focus) OR c.source_id IN (SELECT source_id FROM pricing_focus))
  AND NOT EXISTS (SELECT FROM pricing_gap g WHERE g.contract_id = c.contract_id AND g.source_id = c.source_id)
  AND NOT EXISTS (SELECT FROM billing_adjustment a JOIN pricing_gap g
                  ON g.contract_id = a.contract_id AND g.source_id = a.source_id WHERE a.id = c.source_id);
ANALYZE pricing_fixed;

-- Nothing fixed yet: the share as it is.
INSERT INTO pricing_wanted
SELECT h.*, '', NULL, NULL
FROM pricing_share h
WHERE NOT EXISTS (
  SELECT FROM pricing_fixed f
  WHERE (f.contract_id, f.line_key, f.source_id, f.component, f.billing_account_id)
      = (h.contract_id, h.line_key, h.source_id, h.component, h.billing_account_id))
  AND NOT EXISTS (SELECT FROM pricing_gap g
                  WHERE g.contract_id = h.contract_id AND g.source_id = h.source_id);

-- Something fixed: compare.
CREATE TEMP TABLE IF NOT EXISTS pricing_change (
  contract_id uuid, line_key text, source_id uuid, component text, billing_account_id uuid,
  d_amount numeric, d_quantity numeric, d_worked numeric, originals bigint,
  stands boolean, rebill boolean
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_change;

INSERT INTO pricing_change
WITH fixed AS (
  SELECT contract_id, line_key, source_id, component, billing_account_id,
         sum(amount) AS amount, sum(quantity) AS quantity, sum(worked) AS worked,
         count(*) FILTER (WHERE reverses_id IS NULL) AS originals,
         coalesce(bool_or(left_amount <> 0) FILTER (WHERE reverses_id IS NULL), false) AS stands
  FROM pricing_fixed GROUP BY 1, 2, 3, 4, 5
), standing AS (
  -- Price and whole billed quantity the source was last fixed at, for whichever payer: these tell a changed
  -- price or fact from a changed share, also while only some of its documents have gone out.
  SELECT DISTINCT ON (contract_id, line_key, source_id, component)
         contract_id, line_key, source_id, component, unit_price, explanation ->> 'billed' AS billed
  FROM pricing_fixed WHERE reverses_id IS NULL AND left_amount <> 0
  ORDER BY contract_id, line_key, source_id, component, fixed_at DESC, charge_id DESC
), should AS (
  SELECT contract_id, line_key, source_id, component, min(explanation ->> 'billed') AS billed,
         min(unit_price) AS unit_price
  FROM pricing_share GROUP BY 1, 2, 3, 4
)
SELECT f.contract_id, f.line_key, f.source_id, f.component, f.billing_account_id,
       coalesce(h.amount, 0) - f.amount, coalesce(h.quantity, 0) - f.quantity,
       coalesce(h.worked, 0) - f.worked, f.originals, f.stands,
       s.policy = 'rebill' AND f.component IN ('base', 'discount') AND t.source_id IS NOT NULL
         AND (t.unit_price, t.billed) IS DISTINCT FROM (d.unit_price, d.billed)
FROM fixed f
JOIN pricing_scope s USING (contract_id)
LEFT JOIN standing t USING (contract_id, line_key, source_id, component)
LEFT JOIN should d USING (contract_id, line_key, source_id, component)
LEFT JOIN pricing_share h USING (contract_id, line_key, source_id, component, billing_account_id);

-- A new price in full, after what stood is reversed.
INSERT INTO pricing_wanted
SELECT h.*, 'price-' || x.originals, NULL, NULL
FROM pricing_change x
JOIN pricing_share h USING (contract_id, line_key, source_id, component, billing_account_id)
WHERE x.rebill;

INSERT INTO pricing_wanted
SELECT f.contract_id, f.line_key, f.source_type, f.source_id, f.component, f.project_id, f.task_id,
       f.worker_id, f.role, f.service_line, f.service_on, -f.left_quantity, -f.left_worked, f.unit,
       f.unit_price, -f.left_amount, f.billable, f.not_billable_reason, f.version_id, f.rate_id,
       f.explanation, f.billing_account_id, 'reversal-' || f.charge_id, f.charge_id, NULL
FROM pricing_change x
JOIN pricing_fixed f USING (contract_id, line_key, source_id, component, billing_account_id)
WHERE x.rebill AND f.reverses_id IS NULL AND f.left_amount <> 0;

-- A rise: one further slice. Its quantity is the change, its amount the difference.
INSERT INTO pricing_wanted
SELECT h.contract_id, h.line_key, h.source_type, h.source_id, h.component, h.project_id, h.task_id,
       h.worker_id, h.role, h.service_line, h.service_on, x.d_quantity, x.d_worked, h.unit, h.unit_price,
       x.d_amount, h.billable, h.not_billable_reason, h.version_id, h.rate_id, h.explanation,
       h.billing_account_id, CASE WHEN x.stands THEN 'delta-' ELSE 'price-' END || x.originals, NULL, NULL
FROM pricing_change x
JOIN pricing_share h USING (contract_id, line_key, source_id, component, billing_account_id)
WHERE NOT x.rebill
  AND (CASE WHEN h.component IN ('discount', 'write_down') THEN -x.d_amount ELSE x.d_amount END > 0
       OR (x.d_amount = 0 AND x.d_worked <> 0));

-- A fall: credits of the latest originals, each by at most what is left of it.
INSERT INTO pricing_wanted
WITH fall AS (
  SELECT f.*, x.d_amount, x.d_quantity, x.d_worked,
         sum(abs(f.left_amount)) OVER w - abs(f.left_amount) AS before, row_number() OVER w AS place
  FROM pricing_change x
  JOIN pricing_fixed f USING (contract_id, line_key, source_id, component, billing_account_id)
  WHERE NOT x.rebill AND f.reverses_id IS NULL AND f.left_amount <> 0
    AND sign(x.d_amount) = -sign(f.left_amount)
  WINDOW w AS (PARTITION BY f.contract_id, f.line_key, f.source_id, f.component, f.billing_account_id
               ORDER BY f.fixed_at DESC, f.charge_id DESC)
)
SELECT contract_id, line_key, source_type, source_id, component, project_id, task_id, worker_id, role,
       service_line, service_on, CASE WHEN place = 1 THEN d_quantity ELSE 0 END,
       CASE WHEN place = 1 THEN d_worked ELSE 0 END, unit, unit_price,
       sign(d_amount) * least(abs(left_amount), abs(d_amount) - before), billable, not_billable_reason,
       version_id, rate_id, explanation, billing_account_id,
       'credit-' || charge_id || '-' || credits, charge_id, NULL
FROM fall WHERE before < abs(d_amount);

-- A write-off covers whatever would become billable of its source, at any later price.
UPDATE pricing_wanted w SET billable = false, not_billable_reason = 'written_off'
FROM billing_adjustment a
WHERE a.contract_id = w.contract_id AND a.source_id = w.source_id AND a.kind = 'write_off'
  AND a.status = 'approved' AND w.billable AND w.reverses_id IS NULL;

-- Dated into the first open period of the legal entity from the service date on.
UPDATE pricing_wanted w SET accounting_on = d.accounting_on
FROM (
  SELECT x.contract_id, x.service_on,
         CASE WHEN closed.month IS NULL THEN x.service_on ELSE (
           SELECT min(m)::date FROM generate_series(closed.month, closed.month + interval '10 years', '1 month') m
           WHERE NOT EXISTS (SELECT FROM core_accountingperiod p WHERE p.legal_entity_id = x.legal_entity_id
                             AND p.month = m::date AND p.state = 'closed')) END AS accounting_on
  FROM (SELECT DISTINCT w.contract_id, w.service_on, s.legal_entity_id
        FROM pricing_wanted w JOIN pricing_scope s USING (contract_id)) x
  LEFT JOIN core_accountingperiod closed ON closed.legal_entity_id = x.legal_entity_id
    AND closed.month = date_trunc('month', x.service_on)::date AND closed.state = 'closed'
) d
WHERE d.contract_id = w.contract_id AND d.service_on = w.service_on;

ANALYZE pricing_wanted;
