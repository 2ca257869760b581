-- What stands against the asked proposals, one row per proposal and check; checks.py puts it into words.
-- Columns: proposal, check, how many, how much, code of what it is about, text, day.
WITH asked AS (
  SELECT p.*, k.code AS contract_code, coalesce(b.cut_off, p.service_to) AS until
  FROM billing_proposal p
  JOIN contracts_contract k ON k.id = p.contract_id
  LEFT JOIN billing_billingrun b ON b.id = p.run_id
  WHERE p.id = ANY(%(proposals)s) AND p.status IN ('draft', 'in_review', 'approved')
), invoice AS (
  SELECT * FROM asked WHERE kind = 'invoice'
)
-- Time up to the cut-off that nobody approved.
SELECT p.id, 'time_approved', count(*), sum(e.hours), p.contract_code, '', p.until
FROM invoice p
JOIN projects_project j ON j.contract_id = p.contract_id
JOIN timesheets_timeentry e ON e.project_id = j.id AND e.status IN ('draft', 'submitted')
 AND e.work_date <= p.until
GROUP BY p.id, p.contract_code, p.until

UNION ALL -- Approved work without a price.
SELECT p.id, 'rates_in_force', count(*), NULL, min(x.number), (array_agg(x.title ORDER BY x.number))[1], NULL
FROM asked p
JOIN core_exceptionitem x ON x.contract_id = p.contract_id AND x.state IN ('open', 'in_progress')
 AND x.flow = 'pricing'
GROUP BY p.id

UNION ALL -- Exceptions that block the release, and those of a bill-to that the ERP finds incomplete.
SELECT p.id, 'no_blocking_exception', count(*), NULL, min(x.number),
       (array_agg(x.title ORDER BY x.number))[1], NULL
FROM asked p
JOIN core_exceptionitem x ON x.state IN ('open', 'in_progress')
 AND (x.contract_id = p.contract_id AND x.blocks_release
  OR x.code = 'customer_incomplete' AND x.object_id <> p.id
   AND x.evidence ->> 'billing_account_id' = p.billing_account_id::text)
GROUP BY p.id

UNION ALL -- Tax codes that no rule gives any more.
SELECT p.id, 'tax_resolved', count(*), NULL, min(t.code), '', NULL
FROM invoice p
JOIN billing_proposalline l ON l.proposal_id = p.id
JOIN billing_taxcode t ON t.id = l.tax_code_id
WHERE NOT EXISTS (
  SELECT FROM billing_taxrule r
  WHERE r.legal_entity_id = p.legal_entity_id AND r.tax_code_id = l.tax_code_id AND r.valid @> p.document_date)
GROUP BY p.id

UNION ALL -- Work that a hold keeps off proposals.
SELECT p.id, 'nothing_held', count(DISTINCT c.source_id), sum(c.amount), p.contract_code, p.currency, NULL
FROM invoice p
JOIN billing_hold h ON h.contract_id = p.contract_id AND h.released_at IS NULL
JOIN billing_charge c ON c.contract_id = h.contract_id AND c.source_id = h.source_id AND c.status = 'open'
 AND c.billable AND c.billing_account_id = p.billing_account_id AND c.service_on <= p.until
GROUP BY p.id, p.contract_code, p.currency

UNION ALL -- Work that a cap or purchase order keeps back.
SELECT p.id, 'within_ceilings', count(DISTINCT c.source_id), sum(c.amount), p.contract_code, p.currency, NULL
FROM invoice p
JOIN billing_charge c ON c.contract_id = p.contract_id AND c.billing_account_id = p.billing_account_id
 AND c.not_billable_reason IN ('over_cap', 'over_order') AND c.service_on <= p.until
GROUP BY p.id, p.contract_code, p.currency

UNION ALL -- Invoices that bill anew what a credit note has yet to take back.
SELECT p.id, 'credit_first', count(*), NULL, min(q.number), '', NULL
FROM invoice p
JOIN billing_proposalline l ON l.proposal_id = p.id
JOIN billing_charge c ON c.proposal_line_id = l.id AND c.slice LIKE 'price-%%'
JOIN billing_charge r ON r.contract_id = c.contract_id AND r.source_id = c.source_id
 AND r.slice LIKE 'reversal-%%'
LEFT JOIN billing_proposalline rl ON rl.id = r.proposal_line_id
LEFT JOIN billing_proposal q ON q.id = rl.proposal_id
WHERE q.status IS DISTINCT FROM 'posted'
GROUP BY p.id

UNION ALL -- A subject that costs another rate than on the invoice before.
SELECT p.id, 'rerated', count(*), NULL, '', '', NULL
FROM invoice p
CROSS JOIN LATERAL (
  SELECT q.id FROM billing_proposal q
  WHERE q.contract_id = p.contract_id AND q.billing_account_id = p.billing_account_id
    AND q.kind = 'invoice' AND q.id <> p.id AND q.status IN ('approved', 'releasing', 'posted')
    AND (q.document_date, q.created_at) < (p.document_date, p.created_at)
  ORDER BY q.document_date DESC, q.created_at DESC LIMIT 1
) q
JOIN billing_proposalline l ON l.proposal_id = p.id AND l.unit_price IS NOT NULL
CROSS JOIN LATERAL (
  SELECT min(m.unit_price) AS before, count(DISTINCT m.unit_price) AS rates
  FROM billing_proposalline m
  WHERE m.proposal_id = q.id AND (m.section, m.description, m.unit) = (l.section, l.description, l.unit)
) m
WHERE m.rates = 1 AND m.before <> l.unit_price
GROUP BY p.id
