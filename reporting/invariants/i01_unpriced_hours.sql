-- I1: the hours without a charge are exactly the hours the open pricing exceptions of the contract count.
CREATE VIEW invariant_i01_unpriced_hours AS
WITH unpriced AS (
  SELECT p.contract_id, sum(e.hours) AS hours
  FROM timesheets_timeentry e JOIN projects_project p ON p.id = e.project_id
  WHERE e.status = 'approved' AND e.kind <> 'reversal' AND NOT EXISTS (
    SELECT FROM billing_charge c
    WHERE c.contract_id = p.contract_id AND c.source_id = e.root_id AND c.component IN ('base', 'effort', 'over_cap', 'over_order'))
  GROUP BY p.contract_id
), owned AS (
  SELECT contract_id, sum(quantity_at_risk) AS hours FROM core_exceptionitem
  WHERE flow = 'pricing' AND state IN ('open', 'in_progress') GROUP BY contract_id
)
SELECT coalesce(u.contract_id, o.contract_id) AS contract_id, coalesce(u.hours, 0) AS unpriced,
       coalesce(o.hours, 0) AS owned
FROM unpriced u FULL JOIN owned o USING (contract_id)
WHERE coalesce(u.hours, 0) > coalesce(o.hours, 0)
