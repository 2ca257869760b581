-- I2: a charge stands on at most one live line, of its own contract, bill-to and currency; fixed charges on
-- documents that are releasing or posted, and no others there.
CREATE VIEW invariant_i02_live_lines AS
SELECT c.id AS charge_id, c.status, c.fixed_at, p.number, p.status AS proposal_status
FROM billing_charge c
LEFT JOIN billing_proposalline l ON l.id = c.proposal_line_id
LEFT JOIN billing_proposal p ON p.id = l.proposal_id
WHERE (c.status = 'proposed' AND p.status NOT IN ('draft', 'in_review', 'approved', 'releasing'))
   OR (c.status = 'invoiced' AND p.status <> 'posted')
   OR (c.fixed_at IS NOT NULL) <> coalesce(p.status IN ('releasing', 'posted'), false)
   OR (p.id IS NOT NULL AND (p.contract_id, p.billing_account_id, p.currency)
                        <> (c.contract_id, c.billing_account_id, c.currency))
