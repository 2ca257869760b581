-- Tax per code on the document's base, rounded once. The credit that exhausts a base takes the tax that is left,
-- and none takes more than is left.
DELETE FROM billing_proposaltax WHERE proposal_id IN (SELECT DISTINCT proposal_id FROM draft_charge);

INSERT INTO billing_proposaltax (proposal_id, tax_code_id, percent, base, amount, legal_text)
WITH based AS (
  SELECT l.proposal_id, l.tax_code_id, sum(l.net) AS base
  FROM billing_proposalline l
  WHERE l.proposal_id IN (SELECT DISTINCT proposal_id FROM draft_charge)
  GROUP BY l.proposal_id, l.tax_code_id
)
SELECT b.proposal_id, b.tax_code_id, coalesce(o.percent, c.percent), b.base,
       CASE WHEN o.id IS NOT NULL AND o.base + coalesce(k.base, 0) + b.base = 0
            THEN -(o.amount + coalesce(k.amount, 0))
            WHEN o.id IS NOT NULL
            THEN greatest(least(-(o.amount + coalesce(k.amount, 0)), 0),
                          round(b.base * o.percent / 100, y.minor_unit))
            ELSE round(b.base * c.percent / 100, y.minor_unit) END,
       c.legal_text
FROM based b
JOIN billing_proposal p ON p.id = b.proposal_id
JOIN core_currency y ON y.code = p.currency
JOIN billing_taxcode c ON c.id = b.tax_code_id
LEFT JOIN billing_proposaltax o ON o.proposal_id = p.credits_id AND o.tax_code_id = b.tax_code_id
LEFT JOIN LATERAL (
  SELECT sum(x.base) AS base, sum(x.amount) AS amount
  FROM billing_proposaltax x JOIN billing_proposal q ON q.id = x.proposal_id
  WHERE q.credits_id = p.credits_id AND q.status <> 'discarded' AND q.id <> p.id
    AND x.tax_code_id = b.tax_code_id
) k ON true;

-- Totals and base-currency value. A credit keeps its original's rate; the last one takes what is left.
UPDATE billing_proposal p SET
  net = t.net, tax = x.tax, gross = t.net + x.tax, service_from = t.service_from, service_to = t.service_to,
  fx_rate = f.rate, fx_source = f.source, fx_on = f.fx_on,
  net_base = CASE WHEN o.id IS NOT NULL AND o.net + coalesce(k.net, 0) + t.net = 0
                  THEN -(o.net_base + coalesce(k.net_base, 0))
                  WHEN o.id IS NOT NULL
                  THEN greatest(-(o.net_base + coalesce(k.net_base, 0)), round(t.net * f.rate, y.minor_unit))
                  ELSE round(t.net * f.rate, y.minor_unit) END
FROM (
  SELECT l.proposal_id, sum(c.amount) AS net, min(c.service_on) AS service_from, max(c.service_on) AS service_to
  FROM billing_charge c JOIN billing_proposalline l ON l.id = c.proposal_line_id
  WHERE l.proposal_id IN (SELECT DISTINCT proposal_id FROM draft_charge)
  GROUP BY l.proposal_id
) t
JOIN billing_proposal s ON s.id = t.proposal_id
JOIN core_legalentity e ON e.id = s.legal_entity_id
JOIN core_currency y ON y.code = e.base_currency_id
LEFT JOIN billing_proposal o ON o.id = s.credits_id
LEFT JOIN LATERAL (SELECT sum(amount) AS tax FROM billing_proposaltax WHERE proposal_id = t.proposal_id) x ON true
LEFT JOIN LATERAL (
  SELECT sum(q.net) AS net, sum(q.net_base) AS net_base FROM billing_proposal q
  WHERE q.credits_id = s.credits_id AND q.status <> 'discarded' AND q.id <> s.id
) k ON true
LEFT JOIN LATERAL (
  SELECT o.fx_rate AS rate, o.fx_source AS source, o.fx_on AS fx_on WHERE o.id IS NOT NULL
  UNION ALL SELECT 1, 'par', s.document_date WHERE o.id IS NULL AND s.currency = e.base_currency_id
  UNION ALL (SELECT r.rate, r.source, s.document_date FROM core_exchangerate r
    WHERE o.id IS NULL AND s.currency <> e.base_currency_id AND r.base_id = s.currency
      AND r.quote_id = e.base_currency_id AND r.kind = 'daily' AND r.valid @> s.document_date)
) f ON true
WHERE p.id = t.proposal_id;
