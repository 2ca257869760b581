-- Write-downs and write-ups are sources of their own, attached to the work they change.
-- Together, write-downs never take more than the work bills. Write-offs are read in difference.sql.
INSERT INTO pricing_should
WITH decided AS (
  SELECT a.* FROM billing_adjustment a JOIN pricing_scope USING (contract_id)
  WHERE a.status = 'approved' AND a.kind <> 'write_off'
), billed AS (
  SELECT b.contract_id, b.source_id, sum(b.amount) AS amount FROM pricing_should b
  WHERE b.billable AND (b.contract_id, b.source_id) IN (SELECT contract_id, source_id FROM decided)
  GROUP BY b.contract_id, b.source_id
), sized AS (
  SELECT d.id, d.contract_id, d.source_id, d.kind, d.code, t.amount AS billed,
         CASE d.kind WHEN 'write_up' THEN d.amount
              ELSE -least(d.amount, greatest(t.amount - coalesce(sum(d.amount) FILTER (WHERE d.kind = 'write_down')
                OVER (PARTITION BY d.contract_id, d.source_id ORDER BY d.approved_at, d.id
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0)) END AS amount
  FROM decided d JOIN billed t USING (contract_id, source_id)
)
SELECT b.contract_id, b.line_key, 'adjustment', d.id, b.source_id, d.kind, b.project_id, b.task_id, b.worker_id,
       b.role, b.service_line, b.service_on, 1, 0, b.unit, d.amount, d.amount, true, '', b.version_id,
       b.rate_id, jsonb_build_object('code', d.code, 'of', d.billed::text)
FROM sized d
JOIN pricing_should b ON b.contract_id = d.contract_id AND b.source_id = d.source_id AND b.component = 'base'
WHERE d.amount <> 0;
