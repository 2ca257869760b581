-- Presentation groups by the bill-to's choice; grouping never changes a total. Charges point at their line.
CREATE TEMP TABLE IF NOT EXISTS draft_group (
  charge_id uuid, proposal_id uuid, group_key text, section text, description text, place text,
  priced boolean
) ON COMMIT DELETE ROWS;
DELETE FROM draft_group;

INSERT INTO draft_group
SELECT dc.charge_id, dc.proposal_id,
       concat_ws('|', p.code, c.component, dc.tax_code_id,
         CASE WHEN b.presentation = 'entry' THEN c.id::text
              WHEN c.component = 'discount' THEN c.explanation ->> 'percent'
              WHEN c.component <> 'base' THEN ''
              WHEN b.presentation = 'task' THEN concat_ws('|', t.code, c.unit, c.unit_price, x.multiplier, x.change)
              WHEN b.presentation = 'role' THEN concat_ws('|', c.role, c.unit, c.unit_price, x.multiplier, x.change)
              ELSE concat_ws('|', c.line_key, c.unit, x.change) END),
       p.name,
       CASE WHEN c.component = 'discount' THEN 'Discount ' || trim_scale((c.explanation ->> 'percent')::numeric) || ' %'
            WHEN c.component = 'write_down' THEN 'Reduction'
            WHEN c.component = 'write_up' THEN 'Addition'
            ELSE CASE b.presentation
              WHEN 'entry' THEN w.name || ', ' || to_char(c.service_on, 'FMDD Mon YYYY') || ', ' || t.name
              WHEN 'task' THEN t.name
              WHEN 'role' THEN coalesce(r.name, c.role)
              ELSE coalesce(l.name, c.line_key) END
              || CASE WHEN b.presentation = 'summary' THEN '' ELSE coalesce(x.multiplier, '') END
              || coalesce(x.change, '') END,
       p.code || CASE WHEN c.component <> 'base' THEN '2' WHEN x.change IS NOT NULL THEN '1' ELSE '0' END || c.role || c.service_on,
       c.component = 'base' AND x.change IS NULL
FROM draft_charge dc
JOIN billing_charge c ON c.id = dc.charge_id
JOIN billing_proposal d ON d.id = dc.proposal_id
JOIN contracts_billingaccount b ON b.id = d.billing_account_id
JOIN projects_project p ON p.id = c.project_id
JOIN projects_task t ON t.id = c.task_id
JOIN projects_worker w ON w.id = c.worker_id
LEFT JOIN contracts_deliveryrole r ON r.code = c.role
LEFT JOIN contracts_contractline l ON l.contract_version_id = c.contract_version_id AND l.key = c.line_key
CROSS JOIN LATERAL (
  -- The amount of a further slice is a difference, not quantity × price: it stands on a line of its own.
  SELECT CASE WHEN c.slice LIKE 'delta-%' OR c.slice LIKE 'credit-%' THEN ', change of what was billed' END AS change,
         ' × ' || trim_scale((c.explanation ->> 'multiplier')::numeric) AS multiplier
) x;
ANALYZE draft_group;

CREATE TEMP TABLE IF NOT EXISTS draft_line (
  id uuid, proposal_id uuid, group_key text
) ON COMMIT DELETE ROWS;
DELETE FROM draft_line;

-- Lines of an earlier calculation make way under another key until their charges have moved.
UPDATE billing_proposalline SET group_key = 'old:' || id
WHERE proposal_id IN (SELECT DISTINCT proposal_id FROM draft_charge);

WITH made AS (
  INSERT INTO billing_proposalline (proposal_id, position, group_key, section, description, quantity, unit,
         unit_price, net, service_line, tax_code_id)
  SELECT g.proposal_id, row_number() OVER (PARTITION BY g.proposal_id ORDER BY min(g.section), min(g.place), g.group_key),
         md5(g.group_key), min(g.section), min(g.description),
         CASE WHEN bool_and(g.priced) THEN sum(c.quantity) ELSE 1 END, min(c.unit),
         CASE WHEN bool_and(g.priced) AND count(DISTINCT c.unit_price) = 1 THEN min(c.unit_price) END,
         sum(c.amount), min(c.service_line), dc.tax_code_id
  FROM draft_group g
  JOIN draft_charge dc USING (charge_id)
  JOIN billing_charge c ON c.id = g.charge_id
  GROUP BY g.proposal_id, g.group_key, dc.tax_code_id
  RETURNING id, proposal_id, group_key
)
INSERT INTO draft_line SELECT * FROM made;
ANALYZE draft_line;

UPDATE billing_charge c SET proposal_line_id = l.id, status = 'proposed'
FROM draft_group g
JOIN draft_line l ON l.proposal_id = g.proposal_id AND l.group_key = md5(g.group_key)
WHERE c.id = g.charge_id;

DELETE FROM billing_proposalline l
WHERE l.group_key = 'old:' || l.id AND l.proposal_id IN (SELECT DISTINCT proposal_id FROM draft_charge);
