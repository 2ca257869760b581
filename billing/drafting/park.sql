-- What may not be proposed is left out with its reason; the other contracts go on.
INSERT INTO draft_failure
SELECT contract_id, 'tax_unresolved',
       'No single tax rule answers for this customer and service line: add one or make one more specific.',
       sum(amount), min(currency), string_agg(DISTINCT service_line, ', ')
FROM draft_charge WHERE tax_code_id IS NULL GROUP BY contract_id;

INSERT INTO draft_failure
SELECT d.contract_id, 'fx_missing',
       'There is no exchange rate from ' || d.currency || ' to ' || e.base_currency_id || ' on the document date.',
       (SELECT sum(amount) FROM draft_charge c WHERE c.contract_id = d.contract_id), d.currency,
       d.currency || '/' || e.base_currency_id
FROM draft_document d
JOIN core_legalentity e ON e.id = d.legal_entity_id
WHERE d.kind = 'invoice' AND d.currency <> e.base_currency_id AND NOT EXISTS (
  SELECT FROM core_exchangerate x WHERE x.base_id = d.currency AND x.quote_id = e.base_currency_id
    AND x.kind = 'daily' AND x.valid @> d.document_date)
GROUP BY d.contract_id, d.currency, e.base_currency_id;

INSERT INTO draft_failure
SELECT contract_id, 'negative_total',
       'The open charges sum to less than nothing and take back no invoice: check the write-downs.',
       sum(amount), min(currency), ''
FROM draft_charge WHERE credits_id IS NULL
GROUP BY contract_id, proposal_id HAVING sum(amount) < 0;

INSERT INTO draft_failure
SELECT contract_id, 'credit_above_nothing',
       'What takes back an invoice sums to more than nothing: bill the changed discount with other work.',
       sum(amount), min(currency), ''
FROM draft_charge WHERE credits_id IS NOT NULL
GROUP BY contract_id, proposal_id HAVING sum(amount) > 0;

INSERT INTO draft_failure
SELECT contract_id, 'too_many_charges',
       'More than 200,000 charges for one document: run this contract with an earlier cut-off first.',
       sum(amount), min(currency), ''
FROM draft_charge GROUP BY contract_id, proposal_id HAVING count(*) > 200000;

DELETE FROM draft_charge WHERE contract_id IN (SELECT contract_id FROM draft_failure);
DELETE FROM draft_document WHERE contract_id IN (SELECT contract_id FROM draft_failure);
