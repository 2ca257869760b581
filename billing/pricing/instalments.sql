-- Fixed fees by instalments: each is due on its day and priced under the terms in force on it. It is charged
-- from that day on, up to the day the pass looks to; what stands on a document stays.

-- A prospective contract keeps every fixed instalment at the terms it was first fixed under.
WITH latest AS MATERIALIZED (
  SELECT s.contract_id, max(v.approved_at) AS changed_at
  FROM pricing_scope s JOIN contracts_contractversion v ON v.contract_id = s.contract_id
  WHERE s.policy = 'prospective' GROUP BY s.contract_id
), waived AS (
  INSERT INTO billing_waiver (contract_id, source_type, source_id, known_at)
  SELECT c.contract_id, 'instalment', c.source_id, min(c.fixed_at)
  FROM billing_charge c JOIN latest t ON t.contract_id = c.contract_id AND c.fixed_at < t.changed_at
  WHERE c.source_type = 'instalment'
  GROUP BY c.contract_id, c.source_id
  ON CONFLICT DO NOTHING
  RETURNING contract_id
)
INSERT INTO pricing_touched SELECT contract_id, 'waived', count(*), 0, NULL FROM waived GROUP BY contract_id;

INSERT INTO pricing_part
WITH moments AS (
  SELECT contract_id, 'infinity'::timestamptz AS known_at FROM pricing_scope
  UNION SELECT w.contract_id, w.known_at FROM billing_waiver w JOIN pricing_scope USING (contract_id)
        WHERE w.source_type = 'instalment'
), versions AS (
  SELECT m.contract_id, m.known_at, v.id, v.number, v.effective_from
  FROM moments m
  JOIN contracts_contractversion v ON v.contract_id = m.contract_id
   AND v.status IN ('approved', 'superseded') AND v.approved_at <= m.known_at
), stretches AS (
  -- A version is in force from its first day until one with a higher number begins.
  SELECT v.*, (SELECT min(o.effective_from) FROM versions o
               WHERE o.contract_id = v.contract_id AND o.known_at = v.known_at AND o.number > v.number) AS ends_on
  FROM versions v
), stated AS (
  -- A version states an instalment while it is in force: on its due day, or from the first day where that is past.
  -- The name of the instalment makes its source, the same in every version.
  SELECT v.contract_id, v.known_at, v.id AS version_id, l.key AS line_key, l.service_line_id, l.discount_percent,
         t.key, t.amount, t.due_on, greatest(t.due_on, v.effective_from) AS priced_on,
         md5(concat_ws('|', 'instalment', v.contract_id, l.key, t.key))::uuid AS source_id
  FROM stretches v
  JOIN contracts_contractline l ON l.contract_version_id = v.id AND l.billing_method = 'instalments'
  JOIN contracts_instalmentterm t ON t.line_id = l.id
  WHERE v.ends_on IS NULL OR greatest(t.due_on, v.effective_from) < v.ends_on
), chosen AS (
  -- Where several versions state it, it fell due under the first.
  SELECT DISTINCT ON (i.contract_id, i.source_id) i.*
  FROM stated i
  LEFT JOIN billing_waiver w ON w.contract_id = i.contract_id AND w.source_type = 'instalment'
        AND w.source_id = i.source_id
  WHERE i.known_at = coalesce(w.known_at, 'infinity')
  ORDER BY i.contract_id, i.source_id, i.priced_on
)
SELECT c.contract_id, 'instalment', c.source_id, c.line_key, p.id, c.priced_on, c.version_id, sl.code,
       c.discount_percent, c.amount, '',
       jsonb_strip_nulls(jsonb_build_object('key', c.key, 'due_on', c.due_on, 'billed', '1',
         'known_at', CASE WHEN c.known_at < 'infinity' THEN c.known_at END))
FROM chosen c
JOIN contracts_serviceline sl ON sl.id = c.service_line_id
-- The project its line bills work of, else the oldest one; a contract without a project is not delivered yet.
JOIN LATERAL (
  SELECT p.id FROM projects_project p
  WHERE p.contract_id = c.contract_id AND p.status <> 'cancelled'
  ORDER BY EXISTS (SELECT FROM projects_task t WHERE t.project_id = p.id AND t.contract_line_key = c.line_key) DESC,
           p.created_at, p.id LIMIT 1
) p ON true
WHERE (c.priced_on <= current_setting('tieout.priced_until')::date OR EXISTS (
         SELECT FROM billing_charge x
         WHERE x.contract_id = c.contract_id AND x.source_id = c.source_id AND x.proposal_line_id IS NOT NULL))
  AND (NOT EXISTS (SELECT FROM pricing_focus) OR c.source_id IN (SELECT source_id FROM pricing_focus));
