-- Expenses under the terms in force on the day of the spend: at cost, with the markup as a component of its own,
-- or at a fixed price per unit; what is above the ceiling is not billable. What counts of a chain of corrections is
-- its approved expense or replacement. A waived expense keeps the terms known when it was first fixed (work.sql).

-- Foreign spend is converted at the rate of its day, which is stored with the charge; no rate is a gap.
CREATE TEMP TABLE IF NOT EXISTS pricing_expense (
  contract_id uuid, source_id uuid, known_at timestamptz, line_key text, project_id uuid, task_id uuid,
  worker_id uuid, category text, vendor text, spent_on date, currency text, net numeric, quantity numeric, unit text,
  version_id uuid, service_line text, billed boolean, markup_percent numeric, ceiling numeric, unit_price numeric,
  rate numeric, rate_source text, turned boolean, gap text
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_expense;

INSERT INTO pricing_expense
SELECT s.contract_id, e.root_id, coalesce(wv.known_at, 'infinity'), t.contract_line_key, e.project_id, e.task_id,
       e.worker_id, k.name, e.vendor, e.spent_on, e.currency_id, e.net, e.quantity, k.unit, tm.version_id,
       coalesce(sl.code, ''), b.bills AND coalesce(r.billed, false), r.markup_percent, r.ceiling, r.unit_price,
       x.rate, x.source, x.turned,
       CASE WHEN NOT b.bills OR NOT r.billed THEN NULL
            WHEN l.id IS NULL OR NOT EXISTS (SELECT FROM contracts_payer y WHERE y.contract_version_id = tm.version_id)
              THEN 'contract_incomplete'
            WHEN r.id IS NULL THEN 'expense_terms_missing'
            WHEN r.unit_price IS NULL AND x.rate IS NULL THEN 'fx_missing' END
FROM timesheets_expense e
JOIN projects_project p ON p.id = e.project_id
JOIN pricing_scope s ON s.contract_id = p.contract_id
JOIN projects_task t ON t.id = e.task_id
JOIN contracts_expensecategory k ON k.id = e.category_id
CROSS JOIN LATERAL (SELECT e.billable AND t.billable AS bills) b
LEFT JOIN billing_waiver wv ON wv.contract_id = s.contract_id AND wv.source_type = 'expense'
      AND wv.source_id = e.root_id
LEFT JOIN pricing_terms tm ON tm.contract_id = s.contract_id
      AND tm.known_at = coalesce(wv.known_at, 'infinity')
      AND e.spent_on >= tm.starts_on AND e.spent_on < tm.ends_on
LEFT JOIN contracts_contractline l ON l.contract_version_id = tm.version_id AND l.key = t.contract_line_key
LEFT JOIN contracts_serviceline sl ON sl.id = l.service_line_id
-- The most specific rule decides; a named line goes before a named category.
LEFT JOIN LATERAL (
  SELECT r.* FROM contracts_expenserule r
  WHERE r.contract_version_id = tm.version_id AND r.line_key IN (t.contract_line_key, '')
    AND (r.category_id = e.category_id OR r.category_id IS NULL)
  ORDER BY r.line_key <> '' DESC, r.category_id IS NOT NULL DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
  SELECT 1 AS rate, '' AS source, false AS turned, 0 AS place WHERE e.currency_id = s.currency
  UNION ALL
  SELECT f.rate, f.source, false, 1 FROM core_exchangerate f
  WHERE f.kind = 'daily' AND f.base_id = e.currency_id AND f.quote_id = s.currency AND f.valid @> e.spent_on
  UNION ALL
  SELECT round(1 / f.rate, 8), f.source, true, 2 FROM core_exchangerate f
  WHERE f.kind = 'daily' AND f.base_id = s.currency AND f.quote_id = e.currency_id AND f.valid @> e.spent_on
  ORDER BY place LIMIT 1
) x ON true
WHERE e.status = 'approved' AND e.kind <> 'reversal'
  AND (NOT EXISTS (SELECT FROM pricing_focus) OR e.root_id IN (SELECT source_id FROM pricing_focus));
ANALYZE pricing_expense;

INSERT INTO pricing_gap
SELECT contract_id, source_id, gap, NULL, NULL, NULL, NULL, NULL, spent_on, 0, 1, worker_id
FROM pricing_expense WHERE gap IS NOT NULL;

CREATE TEMP TABLE IF NOT EXISTS pricing_spend (
  LIKE pricing_expense, cost numeric, base numeric, explained jsonb
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_spend;

INSERT INTO pricing_spend
SELECT e.*, c.cost, least(c.cost, coalesce(e.ceiling, c.cost)),
       jsonb_strip_nulls(jsonb_build_object(
         'category', e.category, 'vendor', nullif(e.vendor, ''), 'spent', trim_scale(e.net)::text,
         'currency', e.currency,
         'quantity', CASE WHEN e.unit <> '' THEN trim_scale(e.quantity)::text END, 'unit', nullif(e.unit, ''),
         'price', trim_scale(e.unit_price)::text,
         'rate', CASE WHEN e.currency <> s.currency AND e.unit_price IS NULL THEN trim_scale(e.rate)::text END,
         'rate_source', CASE WHEN e.unit_price IS NULL THEN nullif(e.rate_source, '') END,
         'rate_on', CASE WHEN e.currency <> s.currency AND e.unit_price IS NULL THEN e.spent_on END,
         'turned', CASE WHEN e.turned AND e.unit_price IS NULL THEN true END,
         'ceiling', CASE WHEN c.cost > e.ceiling THEN trim_scale(e.ceiling)::text END,
         'billed', least(c.cost, coalesce(e.ceiling, c.cost))::text,
         'known_at', CASE WHEN e.known_at < 'infinity' THEN e.known_at END))
FROM pricing_expense e
JOIN pricing_scope s USING (contract_id)
CROSS JOIN LATERAL (
  SELECT round(CASE WHEN e.unit_price IS NULL THEN e.net * e.rate ELSE e.quantity * e.unit_price END, s.minor_unit)
    AS cost
) c
WHERE e.billed AND e.gap IS NULL;

INSERT INTO pricing_should
SELECT e.contract_id, e.line_key, 'expense', e.source_id, e.source_id, x.component, e.project_id, e.task_id,
       e.worker_id, '', e.service_line, e.spent_on, 1, 0, 'item', x.amount, x.amount, x.reason = '', x.reason,
       e.version_id, NULL, e.explained || x.more
FROM pricing_spend e
JOIN pricing_scope s USING (contract_id)
CROSS JOIN LATERAL (
  VALUES ('base', e.base, '', '{}'::jsonb),
         ('markup', round(e.base * e.markup_percent / 100, s.minor_unit), '',
          jsonb_build_object('percent', trim_scale(e.markup_percent)::text, 'of', e.base::text)),
         ('over_ceiling', e.cost - e.base, 'over_ceiling', jsonb_build_object('of', e.cost::text))
) x (component, amount, reason, more)
WHERE x.amount <> 0;

-- What is not billed stands as a charge of amount 0, so that every approved expense is somewhere.
INSERT INTO pricing_should
SELECT e.contract_id, e.line_key, 'expense', e.source_id, e.source_id, 'base', e.project_id, e.task_id, e.worker_id,
       '', e.service_line, e.spent_on, 1, 0, 'item', 0, 0, false, 'non_billable', e.version_id, NULL,
       jsonb_strip_nulls(jsonb_build_object('category', e.category, 'vendor', nullif(e.vendor, ''),
         'spent', trim_scale(e.net)::text, 'currency', e.currency))
FROM pricing_expense e WHERE NOT e.billed AND e.gap IS NULL AND e.version_id IS NOT NULL;
