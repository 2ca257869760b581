-- Our released documents of a legal entity's month against the documents of the ERP that belong to them.
-- Each side counts in the month of its own document date; the ERP's side counts only once it is posted.
DROP TABLE IF EXISTS pg_temp.reconciled_pair;
CREATE TEMP TABLE reconciled_pair ON COMMIT DROP AS
WITH ours AS (
  SELECT p.id, p.number, p.kind, p.currency, p.net, p.tax, p.gross, p.document_date, p.status, p.erp_number,
    p.billing_account_id, p.contract_id,
    p.document_date >= %(first)s AND p.document_date < %(next)s AS counts
  FROM billing_proposal p
  WHERE p.legal_entity_id = %(entity)s AND p.status IN ('releasing', 'posted')
    AND (p.document_date >= %(first)s AND p.document_date < %(next)s
      OR p.id IN (
        SELECT e.proposal_id FROM billing_erpdocument e
        WHERE e.system = %(system)s AND e.legal_entity_id = %(entity)s AND e.state <> 'deleted'
          AND e.document_date >= %(first)s AND e.document_date < %(next)s))
), theirs AS (
  SELECT e.id, e.number, e.proposal_id, e.currency, e.net, e.tax, e.gross, e.document_date, e.state, e.customer,
    e.state = 'posted' AND e.document_date >= %(first)s AND e.document_date < %(next)s AS counts,
    -- Several documents for one of ours: the one billing knows comes first, the others are duplicates.
    e.proposal_id IS NOT NULL AND row_number() OVER (
      PARTITION BY e.proposal_id
      ORDER BY (e.number = o.erp_number) DESC NULLS LAST, (e.state = 'posted') DESC, e.number) > 1 AS repeats
  FROM billing_erpdocument e
  LEFT JOIN ours o ON o.id = e.proposal_id
  WHERE e.system = %(system)s AND e.legal_entity_id = %(entity)s AND e.state <> 'deleted'
    AND (e.document_date >= %(first)s AND e.document_date < %(next)s OR o.counts)
), pairs AS (
  SELECT o.id AS proposal_id, o.number AS our_number, o.kind AS our_kind, o.currency AS our_currency,
    o.net AS our_net, o.tax AS our_tax, o.gross AS our_gross, o.document_date AS our_date, o.status AS our_status,
    o.billing_account_id, o.contract_id, coalesce(o.counts, false) AS ours_counts,
    t.id AS erp_document_id, t.number AS their_number, t.proposal_id AS linked_to, t.currency AS their_currency,
    t.net AS their_net, t.tax AS their_tax, t.gross AS their_gross, t.document_date AS their_date,
    t.state AS their_state, t.customer AS their_customer, coalesce(t.counts, false) AS theirs_count,
    coalesce(t.repeats, false) AS repeats
  FROM ours o
  FULL JOIN theirs t ON o.id = CASE WHEN NOT t.repeats THEN t.proposal_id END
)
SELECT pairs.*,
  CASE
    WHEN repeats THEN CASE WHEN their_state = 'posted' THEN 'duplicate' END
    WHEN proposal_id IS NULL AND their_state <> 'posted' THEN NULL
    WHEN proposal_id IS NULL AND linked_to IS NOT NULL THEN 'status'
    WHEN proposal_id IS NULL THEN 'missing_here'
    WHEN erp_document_id IS NULL THEN 'missing_there'
    WHEN their_state <> 'posted' OR our_status = 'releasing' THEN 'status'
    WHEN our_currency <> their_currency THEN 'currency'
    WHEN (our_net, our_tax, our_gross) <> (their_net, their_tax, their_gross) THEN 'amount'
    WHEN our_date <> their_date THEN 'date'
    WHEN known.external_id <> their_customer THEN 'party'
  END AS kind
FROM pairs
LEFT JOIN integrations_externalreference known
  ON known.system_id = %(system_id)s AND known.object_type = 'contracts.billingaccount'
  AND known.object_id = pairs.billing_account_id
