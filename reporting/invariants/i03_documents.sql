-- I3: charges = lines = tax bases = net, and net + tax = gross, per document and currency.
CREATE VIEW invariant_i03_documents AS
SELECT p.number, p.net, p.tax, p.gross, l.net AS lines_net, c.net AS charges_net, t.base AS tax_base, t.amount AS tax_sum
FROM billing_proposal p
LEFT JOIN (SELECT proposal_id, sum(net) AS net FROM billing_proposalline GROUP BY 1) l ON l.proposal_id = p.id
LEFT JOIN (SELECT proposal_id, sum(base) AS base, sum(amount) AS amount FROM billing_proposaltax GROUP BY 1) t
  ON t.proposal_id = p.id
LEFT JOIN (SELECT x.proposal_id, sum(c.amount) AS net FROM billing_charge c
           JOIN billing_proposalline x ON x.id = c.proposal_line_id GROUP BY 1) c ON c.proposal_id = p.id
WHERE p.status <> 'discarded'
  AND (l.net, c.net, t.base, t.amount, p.gross) IS DISTINCT FROM (p.net, p.net, p.net, p.tax, p.net + p.tax)
