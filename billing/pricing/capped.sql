-- Back into the pass: what is within the caps, and what is over them.
INSERT INTO pricing_should
SELECT contract_id, line_key, source_type, source_id, root_id, component, project_id, task_id, worker_id, role,
       service_line, service_on, quantity, worked, unit, unit_price, amount, billable, not_billable_reason,
       version_id, rate_id, explanation
FROM pricing_capped;
