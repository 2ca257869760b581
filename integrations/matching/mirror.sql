-- Documents of routed companies into the mirror; rows that agree with it stay untouched.
-- A document is ours by the operation id it carries, else by the legal number billing knows it under.
INSERT INTO billing_erpdocument AS kept (
  system, legal_entity_id, number, external_reference, kind, customer, customer_name, purchase_order,
  document_date, currency, net, tax, gross, state, lines, proposal_id, read_at)
SELECT %(system)s, route.legal_entity_id, a.number, a.reference, a.kind, a.customer, a.customer_name,
  a.purchase_order, a.document_date, a.currency, a.net, a.tax, a.gross, a.state, a.lines,
  coalesce(sent.aggregate_id, posted.id), %(read_at)s
FROM arriving_document a
JOIN integrations_route route ON route.system_id = %(system_id)s AND route.company_code = a.company
LEFT JOIN integrations_delivery sent
  ON sent.system_id = %(system_id)s AND sent.aggregate_type = 'billing.proposal'
  AND sent.operation_id = CASE WHEN a.reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN a.reference::uuid END
LEFT JOIN billing_proposal posted
  ON sent.id IS NULL AND posted.legal_entity_id = route.legal_entity_id AND posted.erp_number = a.number
ON CONFLICT (system, number) DO UPDATE SET
  external_reference = excluded.external_reference, kind = excluded.kind, customer = excluded.customer,
  customer_name = coalesce(nullif(excluded.customer_name, ''), kept.customer_name),
  purchase_order = excluded.purchase_order, document_date = excluded.document_date,
  currency = excluded.currency, net = excluded.net, tax = excluded.tax, gross = excluded.gross,
  state = excluded.state, lines = excluded.lines,
  proposal_id = coalesce(excluded.proposal_id, kept.proposal_id), read_at = excluded.read_at
WHERE (kept.external_reference, kept.kind, kept.customer, kept.purchase_order, kept.document_date,
       kept.currency, kept.net, kept.tax, kept.gross, kept.state, kept.lines)
  IS DISTINCT FROM
      (excluded.external_reference, excluded.kind, excluded.customer, excluded.purchase_order,
       excluded.document_date, excluded.currency, excluded.net, excluded.tax, excluded.gross,
       excluded.state, excluded.lines)
  OR kept.proposal_id IS DISTINCT FROM coalesce(excluded.proposal_id, kept.proposal_id)
RETURNING number
