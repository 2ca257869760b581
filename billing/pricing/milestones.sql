-- Fixed fees by milestones: every accepted part is a source of its own and keeps the terms approved when it was
-- signed off, under every policy. Priced on the day it was signed; what is not signed is not here.

-- Parts of fixed fees, of milestones and instalments alike; fixed_fees.sql makes charges of them.
CREATE TEMP TABLE IF NOT EXISTS pricing_part (
  contract_id uuid, source_type text, source_id uuid, line_key text, project_id uuid, service_on date,
  version_id uuid, service_line text, discount_percent numeric, amount numeric, not_billable_reason text,
  explanation jsonb
) ON COMMIT DELETE ROWS;
DELETE FROM pricing_part;

INSERT INTO pricing_part
SELECT s.contract_id, 'milestone', o.id, m.contract_line_key, m.project_id, o.signed_on, v.id, sl.code,
       l.discount_percent,
       -- Parts of one amount add up to it: each takes what its share brings the accepted whole to.
       round(t.amount * (o.percent_before + o.percent) / 100, s.minor_unit)
         - round(t.amount * o.percent_before / 100, s.minor_unit),
       CASE WHEN o.progress_percent < t.required_percent THEN 'below_required' ELSE '' END,
       jsonb_build_object('milestone', m.code, 'key', m.term_key, 'name', t.name, 'of', t.amount::text,
         'part', trim_scale(o.percent)::text, 'before', trim_scale(o.percent_before)::text,
         'required', trim_scale(t.required_percent)::text, 'progress', trim_scale(o.progress_percent)::text,
         'sign_off', o.number, 'how', o.how, 'signer', o.signer, 'billed', '1')
FROM projects_signoff o
JOIN projects_milestone m ON m.id = o.milestone_id
JOIN pricing_scope s ON s.contract_id = m.contract_id
-- The terms approved by then; where none were, the first ones approved afterwards.
LEFT JOIN LATERAL (
  SELECT v.id FROM contracts_contractversion v
  WHERE v.contract_id = m.contract_id AND v.status IN ('approved', 'superseded')
    AND v.effective_from <= o.signed_on
  ORDER BY (v.approved_at <= o.signed_at) DESC,
           CASE WHEN v.approved_at <= o.signed_at THEN v.number END DESC, v.approved_at LIMIT 1
) v ON true
LEFT JOIN contracts_contractline l ON l.contract_version_id = v.id AND l.key = m.contract_line_key
      AND l.billing_method = 'milestones'
LEFT JOIN contracts_milestoneterm t ON t.line_id = l.id AND t.key = m.term_key
LEFT JOIN contracts_serviceline sl ON sl.id = l.service_line_id
WHERE o.percent > 0
  AND (NOT EXISTS (SELECT FROM pricing_focus) OR o.id IN (SELECT source_id FROM pricing_focus));
