-- Open, billable, unheld charges up to the cut-off, grouped into documents by contract and bill-to.
-- A charge that takes back another goes on a credit note of the original's invoice. Where nothing of a
-- document is worth anything (hours changed, their price did not), it waits for something that is.
INSERT INTO draft_charge
SELECT c.id, NULL, c.contract_id, c.billing_account_id, k.legal_entity_id, c.service_line, c.reverses_id,
       coalesce(op.credits_id, op.id), c.amount, c.currency, NULL
FROM billing_charge c
JOIN draft_contract d ON d.contract_id = c.contract_id
JOIN contracts_contract k ON k.id = c.contract_id
LEFT JOIN billing_charge o ON o.id = c.reverses_id
LEFT JOIN billing_proposalline ol ON ol.id = o.proposal_line_id
LEFT JOIN billing_proposal op ON op.id = ol.proposal_id
WHERE c.status = 'open' AND c.billable AND c.service_on <= current_setting('tieout.cut_off')::date
  AND NOT EXISTS (
    SELECT FROM billing_hold h
    WHERE h.contract_id = c.contract_id AND h.released_at IS NULL
      AND (h.source_id = c.source_id
           OR h.source_id = (SELECT a.source_id FROM billing_adjustment a WHERE a.id = c.source_id)));

DELETE FROM draft_charge c USING (
  SELECT contract_id, billing_account_id, credits_id FROM draft_charge
  GROUP BY 1, 2, 3 HAVING bool_and(amount = 0)
) nothing
WHERE (c.contract_id, c.billing_account_id) = (nothing.contract_id, nothing.billing_account_id)
  AND c.credits_id IS NOT DISTINCT FROM nothing.credits_id;

INSERT INTO draft_document
SELECT uuidv7(), g.contract_id, g.billing_account_id, CASE WHEN g.credits_id IS NULL THEN 'invoice' ELSE 'credit_note' END,
       g.credits_id, g.currency, g.legal_entity_id, current_setting('tieout.document_date')::date, v.id
FROM (SELECT DISTINCT contract_id, billing_account_id, credits_id, currency, legal_entity_id FROM draft_charge) g
LEFT JOIN LATERAL (
  SELECT v.id FROM contracts_contractversion v
  WHERE v.contract_id = g.contract_id AND v.status IN ('approved', 'superseded')
  ORDER BY (v.effective_from <= current_setting('tieout.document_date')::date) DESC, v.number DESC LIMIT 1
) v ON true;

UPDATE draft_charge c SET proposal_id = d.proposal_id
FROM draft_document d
WHERE d.contract_id = c.contract_id AND d.billing_account_id = c.billing_account_id
  AND d.credits_id IS NOT DISTINCT FROM c.credits_id;

ANALYZE draft_charge;
