-- I4: what is billable, fixed and open together, never exceeds the caps and purchase orders in force today. Only a
-- prospective contract keeps what was fixed before its ceiling was lowered; write-downs free no room.
CREATE VIEW invariant_i04_ceilings AS
WITH current AS (
  SELECT DISTINCT ON (v.contract_id) v.contract_id, v.id, v.cap_amount, v.cap_hours, k.retroactivity
  FROM contracts_contractversion v JOIN contracts_contract k ON k.id = v.contract_id
  WHERE v.status IN ('approved', 'superseded') AND v.effective_from <= current_date
  ORDER BY v.contract_id, v.number DESC
), ceiling AS (
  SELECT contract_id, retroactivity, 'hours' AS measure, NULL AS line_key, NULL::uuid AS account, cap_hours AS ceiling
  FROM current
  UNION ALL SELECT contract_id, retroactivity, 'amount', NULL, NULL, cap_amount FROM current
  UNION ALL SELECT c.contract_id, c.retroactivity, 'hours', l.key, NULL, l.cap_hours
  FROM current c JOIN contracts_contractline l ON l.contract_version_id = c.id
  UNION ALL SELECT c.contract_id, c.retroactivity, 'amount', l.key, NULL, l.cap_amount
  FROM current c JOIN contracts_contractline l ON l.contract_version_id = c.id
  UNION ALL SELECT c.contract_id, c.retroactivity, 'amount', NULL, y.billing_account_id, y.purchase_order_amount
  FROM current c JOIN contracts_payer y ON y.contract_version_id = c.id
), billed AS (
  SELECT contract_id, line_key, billing_account_id, fixed_at IS NOT NULL AS is_fixed, amount,
         CASE WHEN source_type <> 'time' OR component <> 'base' THEN 0
              WHEN unit = 'day' THEN quantity * (explanation ->> 'hours_per_day')::numeric ELSE quantity END AS hours
  FROM billing_charge WHERE billable AND component <> 'write_down'
)
SELECT o.contract_id, o.measure, o.line_key, o.account, o.ceiling, b.billed, b.fixed
FROM ceiling o
CROSS JOIN LATERAL (
  SELECT sum(CASE o.measure WHEN 'hours' THEN b.hours ELSE b.amount END) AS billed,
         sum(CASE o.measure WHEN 'hours' THEN b.hours ELSE b.amount END) FILTER (WHERE b.is_fixed) AS fixed
  FROM billed b
  WHERE b.contract_id = o.contract_id AND (o.line_key IS NULL OR b.line_key = o.line_key)
    AND (o.account IS NULL OR b.billing_account_id = o.account)
) b
WHERE o.ceiling IS NOT NULL
  AND b.billed > greatest(o.ceiling, CASE WHEN o.retroactivity = 'prospective' THEN coalesce(b.fixed, 0) ELSE 0 END)
