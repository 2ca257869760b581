-- The proposal rows; totals.sql fills the amounts.
INSERT INTO billing_proposal (id, number, kind, run_id, legal_entity_id, billing_account_id, contract_id,
  contract_version_id, credits_id, currency, purchase_order, payment_terms_days, document_date, service_from,
  service_to, net, tax, gross, fx_source, status, on_hold, hold_reason, prepared_by_id, approved_sha256,
  revision, refusal, erp_number, payment_status, paid_amount)
SELECT d.proposal_id, CASE d.kind WHEN 'invoice' THEN 'IP-' ELSE 'CN-' END || nextval('billing_proposal_number'),
  d.kind, nullif(current_setting('tieout.run_id', true), '')::uuid, d.legal_entity_id, d.billing_account_id,
  d.contract_id, d.version_id, d.credits_id, d.currency, coalesce(p.purchase_order, ''),
  b.payment_terms_days, d.document_date, d.document_date, d.document_date, 0, 0, 0, '', 'draft', false, '',
  current_setting('tieout.prepared_by')::uuid, '', 0, '', '', 'unpaid', 0
FROM draft_document d
JOIN contracts_billingaccount b ON b.id = d.billing_account_id
LEFT JOIN contracts_payer p ON p.contract_version_id = d.version_id AND p.billing_account_id = d.billing_account_id
ORDER BY d.contract_id, d.kind DESC, d.billing_account_id;
