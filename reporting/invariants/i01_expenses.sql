-- I1: every approved expense stands in charges, or has an open exception of its day; no charge is without one.
CREATE VIEW invariant_i01_expenses AS
WITH spent AS (
  SELECT p.contract_id, e.root_id AS source_id, min(e.spent_on) AS spent_on
  FROM timesheets_expense e
  JOIN projects_project p ON p.id = e.project_id
  JOIN contracts_contract k ON k.id = p.contract_id
  WHERE e.status = 'approved' AND e.kind <> 'reversal'
  GROUP BY p.contract_id, e.root_id
), charged AS (
  SELECT contract_id, source_id, sum(amount) AS amount
  FROM billing_charge WHERE source_type = 'expense' GROUP BY contract_id, source_id
)
SELECT coalesce(s.contract_id, c.contract_id) AS contract_id, coalesce(s.source_id, c.source_id) AS source_id,
       s.spent_on, c.amount
FROM spent s FULL JOIN charged c USING (contract_id, source_id)
WHERE (c.source_id IS NULL AND NOT EXISTS (
         SELECT FROM core_exceptionitem x
         WHERE x.flow = 'pricing' AND x.contract_id = s.contract_id AND x.state IN ('open', 'in_progress')
           AND s.spent_on BETWEEN (x.evidence ->> 'first_on')::date AND (x.evidence ->> 'last_on')::date))
   OR (s.source_id IS NULL AND c.amount <> 0)
