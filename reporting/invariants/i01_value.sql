-- I1: per contract and currency, charges on posted documents sum to those documents, and every charge is
-- exactly one of posted, proposed, open billable or not billable.
CREATE VIEW invariant_i01_value AS
WITH charged AS (
  SELECT contract_id, currency,
         sum(amount) FILTER (WHERE status = 'invoiced') AS posted,
         sum(amount) FILTER (WHERE status = 'proposed') AS proposed,
         sum(amount) FILTER (WHERE NOT (
           (status = 'invoiced' AND billable) OR (status = 'proposed' AND billable)
           OR (status = 'open' AND billable) OR (status = 'open' AND NOT billable))) AS astray
  FROM billing_charge GROUP BY contract_id, currency
), documents AS (
  SELECT contract_id, currency, sum(net) FILTER (WHERE status = 'posted') AS posted,
         sum(net) FILTER (WHERE status IN ('draft', 'in_review', 'approved', 'releasing')) AS proposed
  FROM billing_proposal GROUP BY contract_id, currency
)
SELECT coalesce(c.contract_id, d.contract_id) AS contract_id, coalesce(c.currency, d.currency) AS currency,
       c.posted AS charges_posted, d.posted AS documents_posted, c.proposed AS charges_proposed,
       d.proposed AS documents_proposed, c.astray
FROM charged c FULL JOIN documents d USING (contract_id, currency)
WHERE coalesce(c.posted, 0) <> coalesce(d.posted, 0) OR coalesce(c.proposed, 0) <> coalesce(d.proposed, 0)
   OR c.astray IS NOT NULL
