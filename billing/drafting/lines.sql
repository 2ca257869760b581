-- Presentation groups by the bill-to's choice; grouping never changes a total. Charges point at their line.
-- A line's net is the sum of its charges, each rounded by itself: quantity × unit price may differ from it by
-- half a minor unit per charge, or where payers share. Where the two say nothing together (reductions, changes
-- of what was billed), the quantity is 1 and there is no unit price.
CREATE TEMP TABLE IF NOT EXISTS draft_group (
  charge_id uuid, proposal_id uuid, group_key text, section text, label text, basis text, dated boolean,
  place text, priced boolean
) ON COMMIT DELETE ROWS;
DELETE FROM draft_group;

INSERT INTO draft_group
SELECT dc.charge_id, dc.proposal_id,
       concat_ws('|', p.code, c.component, dc.tax_code_id,
         CASE WHEN b.presentation = 'entry' THEN c.id::text
              WHEN c.component IN ('discount', 'markup') THEN concat_ws('|', c.explanation ->> 'percent', x.change)
              WHEN c.component <> 'base' THEN x.change
              WHEN c.unit = 'item' AND b.presentation <> 'summary' THEN concat_ws('|', c.line_key, c.source_id, c.unit_price, x.change)
              WHEN b.presentation = 'summary' THEN concat_ws('|', c.line_key, c.unit, x.spent, x.change)
              ELSE concat_ws('|', CASE b.presentation WHEN 'task' THEN t.code ELSE c.role END,
                             c.unit, c.unit_price, x.kind, x.change) END),
       p.name,
       concat_ws(', ', CASE c.component
         WHEN 'discount' THEN 'Discount ' || trim_scale((c.explanation ->> 'percent')::numeric) || ' %'
         WHEN 'markup' THEN 'Markup on expenses, ' || trim_scale((c.explanation ->> 'percent')::numeric) || ' %'
         WHEN 'write_down' THEN 'Reduction'
         WHEN 'write_up' THEN 'Addition'
         ELSE CASE CASE WHEN c.unit = 'item' AND b.presentation <> 'summary' THEN 'part' ELSE b.presentation END
           WHEN 'part' THEN x.part
           WHEN 'entry' THEN concat_ws(', ', w.name, to_char(c.service_on, 'FMDD Mon YYYY'), t.name, x.kind)
           WHEN 'task' THEN concat_ws(', ', t.name, x.kind)
           WHEN 'role' THEN concat_ws(', ', coalesce(r.name, c.role), x.kind)
           ELSE concat_ws(', ', x.spent, coalesce(l.name, c.line_key)) END END, x.change),
       CASE WHEN c.unit = 'item' THEN NULL WHEN c.rate_id IS NULL THEN 'agreed price' ELSE nullif(concat_ws(', ', rw.name, rg.name, rs.name), '') END,
       b.presentation <> 'entry',
       p.code || CASE WHEN c.component <> 'base' THEN '2' WHEN x.change IS NOT NULL THEN '1' ELSE '0' END || c.role || c.service_on,
       c.component = 'base' AND x.change IS NULL
FROM draft_charge dc
JOIN billing_charge c ON c.id = dc.charge_id
JOIN billing_proposal d ON d.id = dc.proposal_id
JOIN contracts_billingaccount b ON b.id = d.billing_account_id
JOIN projects_project p ON p.id = c.project_id
LEFT JOIN projects_task t ON t.id = c.task_id
LEFT JOIN projects_worker w ON w.id = c.worker_id
LEFT JOIN contracts_deliveryrole r ON r.code = c.role
LEFT JOIN contracts_contractline l ON l.contract_version_id = c.contract_version_id AND l.key = c.line_key
LEFT JOIN timesheets_worktype y ON y.code = c.explanation ->> 'work_type'
-- What the price row names beside the role tells lines apart that would read alike.
LEFT JOIN contracts_rate k ON k.id = c.rate_id
LEFT JOIN projects_worker rw ON rw.code = k.worker
LEFT JOIN contracts_region rg ON rg.code = k.region
LEFT JOIN contracts_serviceline rs ON rs.code = k.service_line
CROSS JOIN LATERAL (
  -- The amount of a further slice is a difference, not quantity × price: it stands on a line of its own.
  SELECT CASE WHEN c.slice LIKE 'delta-%' OR c.slice LIKE 'credit-%' OR c.reverses_id IS NOT NULL AND c.slice NOT LIKE 'reversal-%'
              THEN 'change of what was billed' END AS change,
         y.name || coalesce(' × ' || trim_scale((c.explanation ->> 'multiplier')::numeric), '') AS kind,
         CASE WHEN c.source_type = 'expense' THEN 'Expenses' END AS spent,
         CASE c.source_type
           WHEN 'expense' THEN concat_ws(', ', c.explanation ->> 'category', w.name, to_char(c.service_on, 'FMDD Mon YYYY'))
           WHEN 'milestone' THEN concat_ws(', ', c.explanation ->> 'name',
             CASE WHEN c.explanation ->> 'part' <> '100' THEN (c.explanation ->> 'part') || ' % accepted' END)
           WHEN 'instalment' THEN concat_ws(', ', coalesce(l.name, c.line_key),
             'instalment due ' || to_char((c.explanation ->> 'due_on')::date, 'FMDD Mon YYYY')) END AS part
) x;
ANALYZE draft_group;

CREATE TEMP TABLE IF NOT EXISTS draft_line (
  id uuid, proposal_id uuid, group_key text
) ON COMMIT DELETE ROWS;
DELETE FROM draft_line;

-- Lines of an earlier calculation make way under another key until their charges have moved.
UPDATE billing_proposalline SET group_key = 'old:' || id
WHERE proposal_id IN (SELECT DISTINCT proposal_id FROM draft_charge);

WITH line AS (
  SELECT g.proposal_id, g.group_key, dc.tax_code_id, min(g.section) AS section, min(g.place) AS place,
         min(g.label) AS label, CASE WHEN count(DISTINCT coalesce(g.basis, '')) = 1 THEN min(g.basis) END AS basis,
         bool_and(g.dated) AS dated, daterange(min(c.service_on), max(c.service_on), '[]') AS days,
         CASE WHEN bool_and(g.priced) THEN sum(c.quantity) ELSE 1 END AS quantity, min(c.unit) AS unit,
         CASE WHEN bool_and(g.priced) AND count(DISTINCT c.unit_price) = 1 THEN min(c.unit_price) END AS unit_price,
         sum(c.amount) AS net, min(c.service_line) AS service_line
  FROM draft_group g
  JOIN draft_charge dc USING (charge_id)
  JOIN billing_charge c ON c.id = g.charge_id
  GROUP BY g.proposal_id, g.group_key, dc.tax_code_id
), based AS (
  -- Two lines of a section never read alike: first the basis of the price tells them apart, then the days.
  SELECT *, concat_ws(', ', label, CASE WHEN count(*) OVER alike > 1 THEN basis END) AS description
  FROM line WINDOW alike AS (PARTITION BY proposal_id, section, label)
), told AS (
  SELECT *, CASE WHEN dated AND count(*) OVER (PARTITION BY proposal_id, section, description) > 1
    THEN concat_ws(' to ', to_char(lower(days), 'FMDD Mon YYYY'),
                   CASE WHEN upper(days) - 1 > lower(days) THEN to_char(upper(days) - 1, 'FMDD Mon YYYY') END) END AS span
  FROM based
), made AS (
  INSERT INTO billing_proposalline (proposal_id, position, group_key, section, description, quantity, unit,
         unit_price, net, service_line, tax_code_id)
  SELECT proposal_id, row_number() OVER (PARTITION BY proposal_id ORDER BY section, place, group_key),
         md5(group_key), section, left(concat_ws(', ', description, span), 240), quantity, unit, unit_price, net,
         service_line, tax_code_id
  FROM told
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
