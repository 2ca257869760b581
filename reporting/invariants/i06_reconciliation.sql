-- I6: after a comparison, ours − theirs is the sum of the month's live breaks, net and tax, per currency.
CREATE VIEW invariant_i06_reconciliation AS
WITH latest AS (
  SELECT DISTINCT ON (system_id, legal_entity_id, month) *
  FROM integrations_reconciliationrun
  WHERE completed_at IS NOT NULL
  ORDER BY system_id, legal_entity_id, month, completed_at DESC
), compared AS (
  SELECT r.id AS run_id, r.system_id, r.legal_entity_id, r.month, t.key AS currency,
    (t.value ->> 'our_net')::numeric - (t.value ->> 'their_net')::numeric AS net,
    (t.value ->> 'our_tax')::numeric - (t.value ->> 'their_tax')::numeric AS tax
  FROM latest r CROSS JOIN jsonb_each(r.totals) AS t
), explained AS (
  SELECT system_id, legal_entity_id, month, currency, sum(difference) AS net, sum(tax_difference) AS tax
  FROM integrations_break WHERE state <> 'matched'
  GROUP BY system_id, legal_entity_id, month, currency
)
SELECT c.run_id, c.month, c.currency, c.net, c.tax, e.net AS explained_net, e.tax AS explained_tax
FROM compared c
LEFT JOIN explained e USING (system_id, legal_entity_id, month, currency)
WHERE (c.net, c.tax) IS DISTINCT FROM (coalesce(e.net, 0), coalesce(e.tax, 0))
