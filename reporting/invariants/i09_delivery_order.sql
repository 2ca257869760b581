-- I9: messages of a document are numbered without a gap, and none overtakes an earlier one.
CREATE VIEW invariant_i09_delivery_order AS
SELECT min(d.id::text)::uuid AS delivery_id, 'gap' AS fault
FROM integrations_delivery d
GROUP BY d.system_id, d.aggregate_type, d.aggregate_id
HAVING max(d.delivery_seq) <> count(*) OR min(d.delivery_seq) <> 1
UNION ALL
SELECT later.id, 'overtook'
FROM integrations_delivery later
JOIN integrations_delivery earlier USING (system_id, aggregate_type, aggregate_id)
WHERE earlier.delivery_seq < later.delivery_seq AND later.state IN ('leased', 'delivered')
  AND earlier.state NOT IN ('delivered', 'superseded', 'waived')
