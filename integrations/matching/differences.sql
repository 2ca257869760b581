-- One row per difference that stands in the month. Other currencies make two rows, one for each side.
WITH sided AS (
  SELECT kind, coalesce(proposal_id, linked_to) AS proposal_id, erp_document_id, contract_id,
    coalesce(our_number, their_number) AS key, coalesce(our_currency, their_currency) AS currency,
    CASE WHEN ours_counts THEN our_net END AS ours, CASE WHEN theirs_count THEN their_net END AS theirs,
    CASE WHEN ours_counts THEN our_tax ELSE 0 END - CASE WHEN theirs_count THEN their_tax ELSE 0 END AS tax_difference
  FROM reconciled_pair
  WHERE kind IS NOT NULL AND (our_currency = their_currency) IS NOT FALSE
  UNION ALL
  SELECT kind, proposal_id, erp_document_id, contract_id, our_number, our_currency, our_net, NULL, our_tax
  FROM reconciled_pair WHERE kind IS NOT NULL AND our_currency <> their_currency AND ours_counts
  UNION ALL
  SELECT kind, proposal_id, erp_document_id, contract_id, their_number, their_currency, NULL, their_net, -their_tax
  FROM reconciled_pair WHERE kind IS NOT NULL AND our_currency <> their_currency AND theirs_count
)
SELECT s.key, s.kind, s.proposal_id, s.erp_document_id, s.contract_id, s.currency, s.ours, s.theirs,
  coalesce(s.ours, 0) - coalesce(s.theirs, 0) AS difference, s.tax_difference,
  EXISTS (
    SELECT FROM integrations_delivery d
    WHERE d.system_id = %(system_id)s AND d.aggregate_type = 'billing.proposal' AND d.aggregate_id = s.proposal_id
      AND d.state IN ('pending', 'leased', 'retry')) AS in_flight
FROM sided s
ORDER BY s.key
