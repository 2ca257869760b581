-- Should − fixed = open, per contract, line, source, component and payer.
-- No fixed charge: the whole price is open. Otherwise the contract's policy names the slices:
--   a rise is one further slice; a fall credits the latest originals, each by at most what is left of it;
--   under `rebill`, where price or quantity changed, what stands of the work, its discount and its decisions
--   is reversed and the whole priced anew. A changed percentage gives slices under every policy.
-- Work with a gap keeps what is fixed: an unknown price credits nothing.

-- An original is what may be credited. A reduction may name the work it makes cheaper (below): it takes
-- nothing back of its own component, so it is an original too.
CREATE TEMP TABLE IF NOT EXISTS pricing_fixed (
  LIKE pricing_share, charge_id uuid, fixed_at timestamptz, original boolean,
  left_amount numeric, left_quantity numeric, left_worked numeric, credits bigint
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_fixed;

INSERT INTO pricing_fixed
WITH fixed AS (
  SELECT c.*, coalesce(a.source_id, c.source_id) AS root_id,
         o.id IS NULL OR (o.source_id, o.component) <> (c.source_id, c.component) AS original
  FROM billing_charge c
  JOIN pricing_scope s ON s.contract_id = c.contract_id
  LEFT JOIN billing_adjustment a ON a.id = c.source_id
  LEFT JOIN billing_charge o ON o.id = c.reverses_id
  WHERE c.fixed_at IS NOT NULL
    AND (NOT EXISTS (SELECT FROM pricing_focus) OR c.source_id IN (SELECT source_id FROM pricing_focus))
)
SELECT c.contract_id, c.line_key, c.source_type, c.source_id, c.root_id, c.component, c.project_id, c.task_id,
       c.worker_id, c.role, c.service_line, c.service_on, c.quantity, c.worked_quantity, c.unit, c.unit_price,
       c.amount, c.billable, c.not_billable_reason, c.contract_version_id, c.rate_id, c.explanation,
       c.billing_account_id, c.id, c.fixed_at, c.original,
       c.amount + coalesce(k.amount, 0), c.quantity + coalesce(k.quantity, 0),
       c.worked_quantity + coalesce(k.worked, 0), coalesce(k.credits, 0)
FROM fixed c
LEFT JOIN (
  SELECT reverses_id AS id, sum(amount) AS amount, sum(quantity) AS quantity, sum(worked_quantity) AS worked,
         count(*) AS credits
  FROM fixed WHERE NOT original GROUP BY reverses_id
) k ON k.id = c.id
WHERE NOT EXISTS (SELECT FROM pricing_gap g WHERE g.contract_id = c.contract_id AND g.source_id = c.root_id);
ANALYZE pricing_fixed (contract_id, source_id);

-- Nothing fixed yet: the share as it is.
INSERT INTO pricing_wanted
SELECT h.*, '', NULL
FROM pricing_share h
WHERE NOT EXISTS (
  SELECT FROM pricing_fixed f
  WHERE (f.contract_id, f.line_key, f.source_id, f.component, f.billing_account_id)
      = (h.contract_id, h.line_key, h.source_id, h.component, h.billing_account_id))
  AND NOT EXISTS (SELECT FROM pricing_gap g
                  WHERE g.contract_id = h.contract_id AND g.source_id = h.root_id);

-- A discount that was given up is a share of nothing, so that its end is a change like any other.
INSERT INTO pricing_share
SELECT DISTINCT ON (f.contract_id, f.line_key, f.source_id, f.billing_account_id)
       f.contract_id, f.line_key, f.source_type, f.source_id, f.root_id, f.component, f.project_id, f.task_id,
       f.worker_id, f.role, f.service_line, f.service_on, 0, 0, f.unit, 0, 0, true, '', h.version_id, h.rate_id,
       f.explanation || '{"percent": "0"}', f.billing_account_id
FROM pricing_fixed f
JOIN pricing_share h ON (h.contract_id, h.line_key, h.source_id, h.billing_account_id)
  = (f.contract_id, f.line_key, f.source_id, f.billing_account_id) AND h.component = 'base'
WHERE f.component = 'discount' AND NOT EXISTS (
  SELECT FROM pricing_share d
  WHERE (d.contract_id, d.line_key, d.source_id, d.billing_account_id, d.component)
      = (f.contract_id, f.line_key, f.source_id, f.billing_account_id, 'discount'));

-- Something fixed: by how much the work becomes dearer for a payer in all, and whether it is rebilled.
CREATE TEMP TABLE IF NOT EXISTS pricing_turn (
  contract_id uuid, root_id uuid, billing_account_id uuid, amount numeric, rebill boolean
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_turn;

INSERT INTO pricing_turn
WITH fixed AS (
  SELECT contract_id, root_id, billing_account_id, sum(amount) AS amount,
         bool_or(original AND left_amount <> 0) AS stands
  FROM pricing_fixed GROUP BY 1, 2, 3
), share AS (
  SELECT h.contract_id, h.root_id, h.billing_account_id, sum(h.amount) AS amount
  FROM pricing_share h JOIN fixed USING (contract_id, root_id, billing_account_id)
  WHERE h.component NOT IN ('over_cap', 'over_order', 'over_ceiling') GROUP BY 1, 2, 3
), standing AS (
  -- Price and whole billed quantity the work was last fixed at, for whichever payer: these tell a changed
  -- price or fact from a changed share, also while only some of its documents have gone out.
  SELECT DISTINCT ON (contract_id, root_id)
         contract_id, root_id, line_key, unit_price, explanation ->> 'billed' AS billed
  FROM pricing_fixed WHERE component = 'base' AND original AND left_amount <> 0
  ORDER BY contract_id, root_id, fixed_at DESC, charge_id DESC
), should AS (
  SELECT contract_id, root_id, min(line_key) AS line_key, min(unit_price) AS unit_price,
         min(explanation ->> 'billed') AS billed
  FROM pricing_share WHERE component = 'base' AND root_id IN (SELECT root_id FROM fixed) GROUP BY 1, 2
)
SELECT f.contract_id, f.root_id, f.billing_account_id, coalesce(h.amount, 0) - f.amount,
       s.policy = 'rebill' AND d.root_id IS NOT NULL AND CASE WHEN t.root_id IS NULL THEN f.stands
         ELSE (t.line_key, t.unit_price, t.billed) IS DISTINCT FROM (d.line_key, d.unit_price, d.billed) END
FROM fixed f
JOIN pricing_scope s USING (contract_id)
LEFT JOIN share h USING (contract_id, root_id, billing_account_id)
LEFT JOIN standing t USING (contract_id, root_id)
LEFT JOIN should d USING (contract_id, root_id);

-- The change of each component. Where the work becomes dearer in all, a smaller reduction is one further slice,
-- not a credit; a greater one first takes back such slices.
CREATE TEMP TABLE IF NOT EXISTS pricing_change (
  contract_id uuid, line_key text, source_id uuid, component text, billing_account_id uuid,
  d_amount numeric, d_quantity numeric, d_worked numeric, originals bigint,
  stands boolean, rebill boolean, falls boolean
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_change;

INSERT INTO pricing_change
WITH fixed AS (
  SELECT contract_id, line_key, source_id, root_id, component, billing_account_id,
         sum(amount) AS amount, sum(quantity) AS quantity, sum(worked) AS worked,
         count(*) FILTER (WHERE original) AS originals,
         coalesce(bool_or(left_amount <> 0) FILTER (WHERE original), false) OR sum(quantity) <> 0 AS stands,
         coalesce(sum(left_amount) FILTER (WHERE original AND left_amount > 0), 0) AS dearer
  FROM pricing_fixed GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT f.contract_id, f.line_key, f.source_id, f.component, f.billing_account_id,
       d.amount, coalesce(h.quantity, 0) - f.quantity,
       coalesce(h.worked, 0) - f.worked, f.originals, f.stands, n.rebill,
       CASE WHEN f.component IN ('discount', 'write_down')
            THEN n.amount < 0 AND (d.amount > 0 OR f.dearer > 0 AND -d.amount <= f.dearer)
            ELSE d.amount < 0 END
FROM fixed f
JOIN pricing_turn n USING (contract_id, root_id, billing_account_id)
LEFT JOIN pricing_share h USING (contract_id, line_key, source_id, component, billing_account_id)
CROSS JOIN LATERAL (SELECT coalesce(h.amount, 0) - f.amount AS amount) d;

-- A new price in full, after what stood is reversed.
INSERT INTO pricing_wanted
SELECT h.*, 'price-' || x.originals, NULL
FROM pricing_change x
JOIN pricing_share h USING (contract_id, line_key, source_id, component, billing_account_id)
WHERE x.rebill AND (h.amount <> 0 OR h.worked <> 0);

INSERT INTO pricing_wanted
SELECT f.contract_id, f.line_key, f.source_type, f.source_id, f.root_id, f.component, f.project_id, f.task_id,
       f.worker_id, f.role, f.service_line, f.service_on, -f.left_quantity, -f.left_worked, f.unit,
       f.unit_price, -f.left_amount, f.billable, f.not_billable_reason, f.version_id, f.rate_id,
       f.explanation, f.billing_account_id, 'reversal-' || f.charge_id, f.charge_id
FROM pricing_change x
JOIN pricing_fixed f USING (contract_id, line_key, source_id, component, billing_account_id)
WHERE x.rebill AND f.original AND f.left_amount <> 0;

-- A rise: one further slice. Its quantity is the change, its amount the difference.
INSERT INTO pricing_wanted
SELECT h.contract_id, h.line_key, h.source_type, h.source_id, h.root_id, h.component, h.project_id, h.task_id,
       h.worker_id, h.role, h.service_line, h.service_on, x.d_quantity, x.d_worked, h.unit, h.unit_price,
       x.d_amount, h.billable, h.not_billable_reason, h.version_id, h.rate_id, h.explanation,
       h.billing_account_id, CASE WHEN x.stands THEN 'delta-' ELSE 'price-' END || x.originals, NULL
FROM pricing_change x
JOIN pricing_share h USING (contract_id, line_key, source_id, component, billing_account_id)
WHERE NOT x.rebill AND NOT x.falls AND (x.d_amount <> 0 OR x.d_worked <> 0);

-- A fall: credits of the latest originals, each by at most what is left of it. With a reduction that falls,
-- slices by which it was made smaller are taken back whole.
INSERT INTO pricing_wanted
WITH fall AS (
  SELECT f.*, x.d_amount, x.d_quantity, x.d_worked, b.same_way,
         abs(x.d_amount) + sum(CASE WHEN b.same_way THEN abs(f.left_amount) ELSE 0 END) OVER w AS needed,
         sum(abs(f.left_amount)) OVER latest - abs(f.left_amount) AS before, row_number() OVER latest AS place
  FROM pricing_change x
  JOIN pricing_fixed f USING (contract_id, line_key, source_id, component, billing_account_id)
  CROSS JOIN LATERAL (SELECT CASE WHEN x.d_amount < 0 THEN f.left_amount < 0 ELSE f.left_amount > 0 END AS same_way) b
  WHERE NOT x.rebill AND x.falls AND f.original AND f.left_amount <> 0 AND NOT (b.same_way AND x.d_amount < 0)
  WINDOW w AS (PARTITION BY f.contract_id, f.line_key, f.source_id, f.component, f.billing_account_id),
         latest AS (PARTITION BY f.contract_id, f.line_key, f.source_id, f.component, f.billing_account_id
                    ORDER BY b.same_way, f.fixed_at DESC, f.charge_id DESC)
)
SELECT contract_id, line_key, source_type, source_id, root_id, component, project_id, task_id, worker_id, role,
       service_line, service_on, CASE WHEN place = 1 THEN d_quantity ELSE 0 END,
       CASE WHEN place = 1 THEN d_worked ELSE 0 END, unit, unit_price,
       CASE WHEN same_way THEN -left_amount ELSE -sign(left_amount) * least(abs(left_amount), needed - before) END,
       billable, not_billable_reason, version_id, rate_id, explanation, billing_account_id,
       'credit-' || charge_id || '-' || credits, charge_id
FROM fall WHERE same_way OR before < needed;

-- A reduction by which the work becomes cheaper in all is a credit of the work it reduces.
UPDATE pricing_wanted w SET reverses_id = o.charge_id
FROM (
  SELECT DISTINCT ON (contract_id, root_id, billing_account_id) contract_id, root_id, billing_account_id, charge_id
  FROM pricing_turn n
  JOIN pricing_fixed f USING (contract_id, root_id, billing_account_id)
  WHERE n.amount < 0 AND NOT n.rebill AND f.component = 'base' AND f.original
  ORDER BY contract_id, root_id, billing_account_id, f.left_amount DESC, f.fixed_at DESC, f.charge_id DESC
) o
WHERE (w.contract_id, w.root_id, w.billing_account_id) = (o.contract_id, o.root_id, o.billing_account_id)
  AND w.amount < 0 AND w.component IN ('discount', 'write_down') AND w.reverses_id IS NULL;

-- A write-off covers whatever would become billable of its work, at any later price, and its decisions.
UPDATE pricing_wanted w SET billable = false, not_billable_reason = 'written_off'
FROM billing_adjustment a
WHERE a.contract_id = w.contract_id AND a.source_id = w.root_id AND a.kind = 'write_off'
  AND a.status = 'approved' AND w.billable AND w.reverses_id IS NULL;

ANALYZE pricing_wanted (contract_id, source_id);
