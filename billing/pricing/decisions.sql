-- Write-downs and write-ups are sources of their own, attached to the source they change.
-- A write-down never takes more than the source bills. Write-offs are read in difference.sql.
INSERT INTO pricing_should
SELECT DISTINCT ON (a.id) b.contract_id, b.line_key, 'adjustment', a.id, a.kind, b.project_id, b.task_id,
       b.worker_id, b.role, b.service_line, b.service_on, 1, 0, b.unit, d.amount, d.amount, true, '',
       b.version_id, b.rate_id, jsonb_build_object('code', a.code, 'of', t.billed::text)
FROM billing_adjustment a
JOIN pricing_should b ON b.contract_id = a.contract_id AND b.source_id = a.source_id AND b.component = 'base'
CROSS JOIN LATERAL (
  SELECT sum(x.amount) AS billed FROM pricing_should x
  WHERE x.contract_id = a.contract_id AND x.source_id = a.source_id AND x.billable
) t
CROSS JOIN LATERAL (
  SELECT CASE a.kind WHEN 'write_down' THEN -least(a.amount, greatest(t.billed, 0)) ELSE a.amount END AS amount
) d
WHERE a.status = 'approved' AND a.kind <> 'write_off'
ORDER BY a.id, b.service_on;
