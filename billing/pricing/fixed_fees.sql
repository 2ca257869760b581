-- Parts of fixed fees become charges: quantity 1 × the part, then the line's discount as a component of its own.
-- A part without terms, or whose terms name no payer, is a gap.
INSERT INTO pricing_gap
SELECT p.contract_id, p.source_id, 'contract_incomplete', NULL, NULL, NULL, p.service_line, NULL, p.service_on, 0, 1,
       NULL
FROM pricing_part p
WHERE p.amount IS NULL
   OR NOT EXISTS (SELECT FROM contracts_payer y WHERE y.contract_version_id = p.version_id);

INSERT INTO pricing_should
SELECT p.contract_id, p.line_key, p.source_type, p.source_id, p.source_id, 'base', p.project_id, NULL, NULL, '',
       p.service_line, p.service_on, 1, 0, 'item', p.amount, p.amount, p.not_billable_reason = '',
       p.not_billable_reason, p.version_id, NULL, p.explanation
FROM pricing_part p WHERE p.amount <> 0;

INSERT INTO pricing_should
SELECT p.contract_id, p.line_key, p.source_type, p.source_id, p.source_id, 'discount', p.project_id, NULL, NULL, '',
       p.service_line, p.service_on, 1, 0, 'item', d.amount, d.amount, p.not_billable_reason = '',
       p.not_billable_reason, p.version_id, NULL,
       p.explanation || jsonb_build_object('percent', p.discount_percent::text, 'of', p.amount::text)
FROM pricing_part p
JOIN pricing_scope s USING (contract_id)
CROSS JOIN LATERAL (SELECT -round(p.amount * p.discount_percent / 100, s.minor_unit) AS amount) d
WHERE d.amount <> 0;
