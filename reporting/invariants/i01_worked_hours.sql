-- I1: every approved hour stands in charges, or is unpriced with an open exception that counts it.
CREATE VIEW invariant_i01_worked_hours AS
WITH worked AS (
  SELECT p.contract_id, e.root_id AS source_id, sum(e.hours) AS hours, min(e.work_date) AS work_date
  FROM timesheets_timeentry e JOIN projects_project p ON p.id = e.project_id
  WHERE e.status = 'approved' AND e.kind <> 'reversal'
  GROUP BY p.contract_id, e.root_id
), charged AS (
  SELECT contract_id, source_id, sum(worked_quantity) AS hours
  FROM billing_charge WHERE source_type = 'time' AND component IN ('base', 'effort', 'over_cap', 'over_order')
  GROUP BY contract_id, source_id
)
SELECT coalesce(w.contract_id, c.contract_id) AS contract_id, coalesce(w.source_id, c.source_id) AS source_id,
       coalesce(w.hours, 0) AS worked, coalesce(c.hours, 0) AS charged
FROM worked w FULL JOIN charged c USING (contract_id, source_id)
WHERE coalesce(w.hours, 0) <> coalesce(c.hours, 0)
  AND NOT (w.hours IS NOT NULL AND EXISTS (
    SELECT FROM core_exceptionitem x
    WHERE x.flow = 'pricing' AND x.contract_id = w.contract_id AND x.state IN ('open', 'in_progress')
      AND w.work_date BETWEEN (x.evidence ->> 'first_on')::date AND (x.evidence ->> 'last_on')::date))
