-- What is not granted becomes a part of its own that is not billed: `over_cap`, or `over_order` above what a
-- purchase order pays. Amounts are fixed by the split, the other components by their share and the base by what
-- is left; quantities and worked hours follow and conserve.
CREATE TEMP TABLE IF NOT EXISTS pricing_cut (
  contract_id uuid, line_key text, source_id uuid, billing_account_id uuid, main text, net numeric, granted numeric,
  quantity numeric, quantity_granted numeric, worked numeric, worked_granted numeric, over_component text,
  note jsonb
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_cut;

INSERT INTO pricing_cut
SELECT i.contract_id, i.line_key, i.source_id, i.billing_account_id, m.component, i.net, i.granted_net, m.quantity,
       q.quantity, m.worked, CASE WHEN m.quantity = 0 THEN 0 ELSE round(m.worked * q.quantity / m.quantity, 4) END,
       CASE WHEN i.level = 5 THEN 'over_order' ELSE 'over_cap' END,
       jsonb_build_object(CASE WHEN i.level = 5 THEN 'order' ELSE 'cap' END, jsonb_build_object(
         'on', CASE WHEN i.level = 5 THEN 'order' WHEN i.level < 3 THEN 'line' ELSE 'contract' END,
         'measure', CASE WHEN i.level IN (1, 3) THEN 'hours' ELSE 'amount' END,
         'ceiling', trim_scale(i.ceiling)::text, 'of', i.net::text, 'billed', i.granted_net::text))
FROM pricing_claim i
JOIN pricing_capped m ON (m.contract_id, m.line_key, m.source_id) = (i.contract_id, i.line_key, i.source_id)
 AND m.billing_account_id IS NOT DISTINCT FROM i.billing_account_id
 AND m.component = CASE i.source_type WHEN 'adjustment' THEN 'write_up' ELSE 'base' END
CROSS JOIN LATERAL (
  SELECT CASE WHEN i.granted_net = 0 THEN 0
              WHEN i.hours > 0 THEN round(m.quantity * i.granted_hours / i.hours, 4)
              ELSE round(m.quantity * i.granted_net / i.net, 4) END AS quantity
) q
WHERE i.granted_net < i.net;

INSERT INTO pricing_capped
SELECT m.contract_id, m.line_key, m.source_type, m.source_id, m.root_id, c.over_component, m.project_id, m.task_id,
       m.worker_id, m.role, m.service_line, m.service_on, c.quantity - c.quantity_granted,
       c.worked - c.worked_granted, m.unit, m.unit_price, c.net - c.granted, false, c.over_component,
       m.version_id, m.rate_id, m.explanation || c.note, m.billing_account_id
FROM pricing_cut c
JOIN pricing_capped m ON (m.contract_id, m.line_key, m.source_id, m.component)
  = (c.contract_id, c.line_key, c.source_id, c.main)
 AND m.billing_account_id IS NOT DISTINCT FROM c.billing_account_id;

UPDATE pricing_capped m SET
  amount = round(m.amount * c.granted / c.net, s.minor_unit),
  unit_price = round(m.amount * c.granted / c.net, s.minor_unit), explanation = m.explanation || c.note
FROM pricing_cut c JOIN pricing_scope s USING (contract_id)
WHERE (m.contract_id, m.line_key, m.source_id) = (c.contract_id, c.line_key, c.source_id)
  AND m.billing_account_id IS NOT DISTINCT FROM c.billing_account_id
  AND m.billable AND m.component NOT IN (c.main, 'write_down');

UPDATE pricing_capped m SET
  amount = c.granted - coalesce((
    SELECT sum(x.amount) FROM pricing_capped x
    WHERE (x.contract_id, x.line_key, x.source_id) = (c.contract_id, c.line_key, c.source_id)
      AND x.billing_account_id IS NOT DISTINCT FROM c.billing_account_id
      AND x.billable AND x.component NOT IN (c.main, 'write_down')), 0),
  quantity = c.quantity_granted, worked = c.worked_granted, explanation = m.explanation || c.note
FROM pricing_cut c
WHERE (m.contract_id, m.line_key, m.source_id, m.component) = (c.contract_id, c.line_key, c.source_id, c.main)
  AND m.billing_account_id IS NOT DISTINCT FROM c.billing_account_id;

DELETE FROM pricing_capped m USING pricing_cut c
WHERE (m.contract_id, m.line_key, m.source_id) = (c.contract_id, c.line_key, c.source_id)
  AND m.billing_account_id IS NOT DISTINCT FROM c.billing_account_id AND m.billable
  AND (c.granted = 0 OR m.component <> c.main AND m.amount = 0);

-- Write-downs never take more than what is left to bill of their work.
WITH less AS (
  SELECT m.ctid AS row, c.granted, -m.amount AS amount,
         sum(-m.amount) OVER (PARTITION BY m.contract_id, m.root_id, m.billing_account_id
                              ORDER BY a.approved_at, a.id ROWS UNBOUNDED PRECEDING) AS until
  FROM pricing_capped m
  JOIN billing_adjustment a ON a.id = m.source_id
  JOIN pricing_cut c ON (c.contract_id, c.line_key, c.source_id) = (m.contract_id, m.line_key, m.root_id)
   AND c.billing_account_id IS NOT DISTINCT FROM m.billing_account_id
  WHERE m.component = 'write_down'
)
UPDATE pricing_capped m SET
  amount = least(l.granted, l.until - l.amount) - least(l.granted, l.until),
  unit_price = least(l.granted, l.until - l.amount) - least(l.granted, l.until)
FROM less l WHERE m.ctid = l.row;
DELETE FROM pricing_capped WHERE component = 'write_down' AND amount = 0;

-- How far each ceiling is used, and what the last one that decided kept back.
UPDATE pricing_ceiling o SET used = u.used, over_amount = u.over_amount, over_hours = u.over_hours
FROM (
  SELECT o.ctid AS row, sum(CASE o.measure WHEN 'hours' THEN i.granted_hours ELSE i.granted_net END) AS used,
         coalesce(sum(i.net - i.granted_net) FILTER (WHERE i.level = o.level), 0) AS over_amount,
         coalesce(sum(i.hours - i.granted_hours) FILTER (WHERE i.level = o.level), 0) AS over_hours
  FROM pricing_ceiling o
  JOIN pricing_claim i ON i.contract_id = o.contract_id AND (o.line_key IS NULL OR o.line_key = i.line_key)
   AND (i.billing_account_id IS NULL) = (o.level < 5)
   AND (o.billing_account_id IS NULL OR o.billing_account_id = i.billing_account_id)
  GROUP BY o.ctid
) u WHERE o.ctid = u.row;
