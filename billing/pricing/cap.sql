-- One level of ceilings. Negative items give room first; then sources take the room they had when last fixed;
-- then what is open, by pricing date, then by source. Under a prospective policy a lower ceiling takes nothing
-- back from what is fixed; under the others the latest claims give way.
WITH measured AS (
  SELECT i.ctid AS claim, o.ctid AS ceiling_row, o.ceiling, o.measure, s.policy, i.service_on, i.source_id, i.line_key,
         CASE o.measure WHEN 'hours' THEN i.granted_hours ELSE i.granted_net END AS wanted,
         CASE o.measure WHEN 'hours' THEN i.kept_hours ELSE i.kept_net END AS kept
  FROM pricing_claim i
  JOIN pricing_scope s USING (contract_id)
  JOIN pricing_ceiling o ON o.contract_id = i.contract_id AND o.level = current_setting('tieout.cap_level')::int
   AND (o.line_key IS NULL OR o.line_key = i.line_key)
   AND (o.billing_account_id IS NULL OR o.billing_account_id = i.billing_account_id)
), room AS (
  SELECT ceiling_row, greatest(
    min(ceiling) - coalesce(sum(wanted) FILTER (WHERE wanted < 0), 0),
    CASE WHEN min(policy) = 'prospective'
         THEN coalesce(sum(least(kept, wanted)) FILTER (WHERE wanted > 0 AND kept > 0), 0) ELSE 0 END) AS room
  FROM measured GROUP BY ceiling_row
), claims AS (
  SELECT m.*, p.phase, p.asked FROM measured m
  CROSS JOIN LATERAL (VALUES (0, least(greatest(m.kept, 0), m.wanted)),
                             (1, m.wanted - least(greatest(m.kept, 0), m.wanted))) p (phase, asked)
  WHERE m.wanted > 0 AND p.asked > 0
), running AS (
  SELECT c.*, sum(c.asked) OVER (PARTITION BY c.ceiling_row
    ORDER BY c.phase, c.service_on, c.source_id, c.line_key ROWS UNBOUNDED PRECEDING) AS until
  FROM claims c
), granted AS (
  SELECT r.claim, min(r.ceiling) AS ceiling, min(r.measure) AS measure, min(r.wanted) AS wanted,
         sum(least(g.room, r.until) - least(g.room, r.until - r.asked)) AS share
  FROM running r JOIN room g USING (ceiling_row) GROUP BY r.claim
)
UPDATE pricing_claim i SET
  level = current_setting('tieout.cap_level')::int, ceiling = g.ceiling,
  granted_net = CASE g.measure WHEN 'hours'
    THEN round(i.granted_net * g.share / g.wanted, s.minor_unit) ELSE g.share END,
  granted_hours = CASE g.measure WHEN 'hours' THEN g.share ELSE round(i.granted_hours * g.share / g.wanted, 4) END
FROM granted g, pricing_scope s
WHERE i.ctid = g.claim AND g.share < g.wanted AND s.contract_id = i.contract_id;
