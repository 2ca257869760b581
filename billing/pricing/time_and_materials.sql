-- Time and materials: billed quantity × unit price, then the line's discount as a component of its own.
-- The line's increment rounds the billed quantity of the source, never the entry.
CREATE TEMP TABLE IF NOT EXISTS pricing_priced (
  LIKE pricing_work, rate_id uuid, price numeric, unit text, factor numeric, outcome text,
  billed_hours numeric, named boolean
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_priced;

INSERT INTO pricing_priced
SELECT w.*, CASE WHEN w.override IS NULL THEN r.rate_id END, coalesce(w.override, r.amount),
       CASE WHEN w.override IS NULL THEN coalesce(r.unit, 'hour') ELSE w.override_unit END,
       CASE WHEN w.override IS NULL AND r.replaces_multiplier THEN 1 ELSE w.multiplier END,
       CASE WHEN w.gap IS NOT NULL THEN w.gap
            WHEN NOT w.billable OR l.billing_method <> 'time_and_materials' THEN 'effort'
            WHEN w.override IS NOT NULL THEN 'priced'
            ELSE coalesce(r.outcome, 'rate_missing') END,
       CASE w.increment_rounding
         WHEN 'up' THEN ceil(w.hours / w.increment) * w.increment
         WHEN 'nearest' THEN round(w.hours / w.increment) * w.increment
         ELSE w.hours END,
       w.multiplier <> 1 OR w.override IS NULL AND r.replaces_multiplier
FROM pricing_work w
LEFT JOIN contracts_contractline l ON l.contract_version_id = w.version_id AND l.key = w.line_key
LEFT JOIN (SELECT DISTINCT worker FROM contracts_rate WHERE worker <> 'any') named ON named.worker = w.worker
LEFT JOIN pricing_combination c ON c.contract_id = w.contract_id AND c.known_at = w.known_at
      AND c.role = w.role AND c.worker = coalesce(named.worker, 'any') AND c.region = w.region
      AND c.service_line = w.service_line AND c.work_type = w.work_type
LEFT JOIN pricing_rate r ON r.combination_id = c.id
      AND w.work_date >= r.starts_on AND w.work_date < r.ends_on;

INSERT INTO pricing_gap
SELECT contract_id, source_id, outcome, role, worker, region, service_line, work_type, work_date, hours,
       multiplier, worker_id
FROM pricing_priced WHERE outcome NOT IN ('priced', 'effort');

INSERT INTO pricing_should
SELECT p.contract_id, p.line_key, 'time', p.source_id, p.source_id, 'base', p.project_id, p.task_id, p.worker_id,
       p.role, p.service_line, p.work_date, q.quantity, p.hours, p.unit, q.unit_price,
       round(q.quantity * q.unit_price, s.minor_unit), true, '', p.version_id, p.rate_id,
       jsonb_strip_nulls(jsonb_build_object(
         'price', p.price::text,
         'billed', q.quantity::text,
         'work_type', CASE WHEN p.named THEN p.work_type END,
         'multiplier', CASE WHEN p.factor <> 1 THEN p.factor::text END,
         'increment', CASE WHEN p.increment_rounding <> 'none'
                           THEN p.increment_rounding || ' ' || p.increment END,
         'hours_per_day', CASE WHEN p.unit = 'day' THEN p.hours_per_day::text END,
         'assignment', p.assignment_id,
         'known_at', CASE WHEN p.known_at < 'infinity' THEN p.known_at END))
FROM pricing_priced p
JOIN pricing_scope s USING (contract_id)
CROSS JOIN LATERAL (
  SELECT round(CASE WHEN p.unit = 'day' THEN p.billed_hours / p.hours_per_day ELSE p.billed_hours END, 4)
           AS quantity,
         round(p.price * p.factor, 4) AS unit_price
) q
WHERE p.outcome = 'priced';

INSERT INTO pricing_should
SELECT b.contract_id, b.line_key, 'time', b.source_id, b.root_id, 'discount', b.project_id, b.task_id,
       b.worker_id, b.role, b.service_line, b.service_on, 1, 0, b.unit, d.amount, d.amount, true, '', b.version_id,
       b.rate_id, jsonb_build_object('percent', l.discount_percent::text, 'of', b.amount::text)
FROM pricing_should b
JOIN pricing_scope s USING (contract_id)
JOIN contracts_contractline l ON l.contract_version_id = b.version_id AND l.key = b.line_key
CROSS JOIN LATERAL (SELECT -round(b.amount * l.discount_percent / 100, s.minor_unit) AS amount) d
WHERE b.component = 'base' AND d.amount <> 0;

-- Hours that are not billed, or whose line is a fixed fee, stand as effort of amount 0, so that they conserve.
INSERT INTO pricing_should
SELECT p.contract_id, p.line_key, 'time', p.source_id, p.source_id, 'effort', p.project_id, p.task_id,
       p.worker_id, p.role, coalesce(p.service_line, ''), p.work_date, p.hours, p.hours, 'hour', 0, 0, false,
       CASE WHEN p.billable THEN 'fixed_fee' ELSE 'non_billable' END, p.version_id, NULL, '{}'::jsonb
FROM pricing_priced p WHERE p.outcome = 'effort';
