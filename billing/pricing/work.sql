-- Approved work of the scope. What counts of a chain of corrections is its approved work or replacement.
-- A waived source keeps the terms known when it was first fixed; 'infinity' means: as known now.

-- A prospective contract keeps every fixed source at the terms it was first fixed under.
WITH latest AS MATERIALIZED (
  SELECT s.contract_id, greatest(
    (SELECT max(v.approved_at) FROM contracts_contractversion v WHERE v.contract_id = s.contract_id),
    (SELECT max(lower(r.known)) FROM contracts_rate r JOIN contracts_ratecard k ON k.id = r.card_id
     WHERE k.scope = 'standard' OR k.contract_id = s.contract_id OR k.customer_id = s.customer_id
        OR k.legal_entity_id = s.legal_entity_id)) AS changed_at
  FROM pricing_scope s WHERE s.policy = 'prospective'
), waived AS (
  INSERT INTO billing_waiver (contract_id, source_type, source_id, known_at)
  SELECT c.contract_id, c.source_type, c.source_id, min(c.fixed_at)
  FROM billing_charge c JOIN latest t ON t.contract_id = c.contract_id AND c.fixed_at < t.changed_at
  WHERE c.source_type IN ('time', 'expense')
  GROUP BY c.contract_id, c.source_type, c.source_id
  ON CONFLICT DO NOTHING
  RETURNING contract_id
)
INSERT INTO pricing_touched SELECT contract_id, 'waived', count(*), 0, NULL FROM waived GROUP BY contract_id;

-- What the ERP refused is not fixed any more, and open work takes the terms of the day.
WITH unwaived AS (
  DELETE FROM billing_waiver w USING pricing_scope s
  WHERE w.contract_id = s.contract_id AND NOT EXISTS (
    SELECT FROM billing_charge c
    WHERE c.contract_id = w.contract_id AND c.source_id = w.source_id AND c.fixed_at IS NOT NULL)
  RETURNING w.contract_id
)
INSERT INTO pricing_touched SELECT contract_id, 'unwaived', count(*), 0, NULL FROM unwaived GROUP BY contract_id;

-- In force on a date: the highest approved number that has begun, among the versions known at the time.
INSERT INTO pricing_terms
WITH moments AS (
  SELECT contract_id, 'infinity'::timestamptz AS known_at FROM pricing_scope
  UNION SELECT w.contract_id, w.known_at FROM billing_waiver w JOIN pricing_scope USING (contract_id)
), versions AS (
  SELECT m.contract_id, m.known_at, v.id, v.number, v.effective_from
  FROM moments m
  JOIN contracts_contractversion v ON v.contract_id = m.contract_id
   AND v.status IN ('approved', 'superseded') AND v.approved_at <= m.known_at
), starts AS (
  SELECT DISTINCT contract_id, known_at, effective_from AS starts_on FROM versions
)
SELECT s.contract_id, s.known_at,
       (SELECT v.id FROM versions v WHERE v.contract_id = s.contract_id AND v.known_at = s.known_at
          AND v.effective_from <= s.starts_on ORDER BY v.number DESC LIMIT 1),
       s.starts_on,
       lead(s.starts_on, 1, 'infinity') OVER (PARTITION BY s.contract_id, s.known_at ORDER BY s.starts_on)
FROM starts s;

INSERT INTO pricing_work
SELECT s.contract_id, t.contract_line_key, e.root_id, coalesce(wv.known_at, 'infinity'),
       e.project_id, e.task_id, e.worker_id, e.work_date, e.hours,
       t.billable AND e.billable AND wt.billable, wt.multiplier,
       a.rate_override, a.override_unit, CASE WHEN a.rate_override IS NOT NULL THEN a.id END,
       coalesce(ar.code, er.code), w.code, coalesce(nullif(e.location, ''), rg.code), sl.code, wt.code,
       tm.version_id, l.increment, l.increment_rounding, l.hours_per_day, l.discount_percent,
       CASE WHEN em.id IS NULL THEN 'worker_inactive'
            WHEN t.billable AND e.billable AND wt.billable AND l.id IS NULL THEN 'contract_incomplete' END
FROM timesheets_timeentry e
JOIN projects_project p ON p.id = e.project_id
JOIN pricing_scope s ON s.contract_id = p.contract_id
JOIN projects_task t ON t.id = e.task_id
JOIN projects_worker w ON w.id = e.worker_id
JOIN timesheets_worktype wt ON wt.id = e.work_type_id
LEFT JOIN projects_employment em ON em.worker_id = e.worker_id AND em.valid @> e.work_date
LEFT JOIN contracts_deliveryrole er ON er.id = em.role_id
LEFT JOIN contracts_region rg ON rg.id = em.region_id
LEFT JOIN projects_assignment a ON a.worker_id = e.worker_id AND a.project_id = e.project_id
      AND a.status IN ('confirmed', 'ended') AND a.valid @> e.work_date
LEFT JOIN contracts_deliveryrole ar ON ar.id = a.role_id
LEFT JOIN billing_waiver wv ON wv.contract_id = s.contract_id AND wv.source_type = 'time'
      AND wv.source_id = e.root_id
LEFT JOIN pricing_terms tm ON tm.contract_id = s.contract_id
      AND tm.known_at = coalesce(wv.known_at, 'infinity')
      AND e.work_date >= tm.starts_on AND e.work_date < tm.ends_on
LEFT JOIN contracts_contractline l ON l.contract_version_id = tm.version_id AND l.key = t.contract_line_key
LEFT JOIN contracts_serviceline sl ON sl.id = l.service_line_id
WHERE e.status = 'approved' AND e.kind <> 'reversal'
  AND (NOT EXISTS (SELECT FROM pricing_focus) OR e.root_id IN (SELECT source_id FROM pricing_focus));

ANALYZE pricing_work (contract_id, work_date, role, worker, region, service_line, work_type);
