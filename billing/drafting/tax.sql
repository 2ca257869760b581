-- Tax code per charge: the most specific rule of the seller for the buyer's country (8), region (4),
-- registration (2) and the service line (1) on the tax point date. Credits take their original's code.
UPDATE draft_charge c SET tax_code_id = ol.tax_code_id
FROM billing_charge o JOIN billing_proposalline ol ON ol.id = o.proposal_line_id
WHERE o.id = c.original_id;

WITH asked AS (
  SELECT DISTINCT c.legal_entity_id, c.billing_account_id, c.service_line, d.document_date
  FROM draft_charge c JOIN draft_document d USING (proposal_id) WHERE c.tax_code_id IS NULL
), ranked AS (
  SELECT a.*, r.tax_code_id,
         rank() OVER best AS position, count(*) OVER (PARTITION BY a.legal_entity_id, a.billing_account_id,
           a.service_line, a.document_date, s.specificity) AS rivals
  FROM asked a
  JOIN contracts_billingaccount b ON b.id = a.billing_account_id
  JOIN billing_taxrule r ON r.legal_entity_id = a.legal_entity_id AND r.valid @> a.document_date
   AND r.buyer_country IN (b.country, 'any') AND r.buyer_region IN (b.region, 'any')
   AND r.buyer_registration IN (CASE b.tax_registration WHEN '' THEN 'unregistered' ELSE 'registered' END, 'any')
   AND r.service_line IN (a.service_line, 'any')
  CROSS JOIN LATERAL (
    SELECT 8 * (r.buyer_country <> 'any')::int + 4 * (r.buyer_region <> 'any')::int
         + 2 * (r.buyer_registration <> 'any')::int + (r.service_line <> 'any')::int AS specificity
  ) s
  WINDOW best AS (PARTITION BY a.legal_entity_id, a.billing_account_id, a.service_line, a.document_date
                  ORDER BY s.specificity DESC)
)
UPDATE draft_charge c SET tax_code_id = r.tax_code_id
FROM ranked r
WHERE r.position = 1 AND r.rivals = 1 AND c.tax_code_id IS NULL
  AND r.legal_entity_id = c.legal_entity_id AND r.billing_account_id = c.billing_account_id
  AND r.service_line = c.service_line;
