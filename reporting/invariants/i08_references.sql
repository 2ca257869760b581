-- I8: every delivered document has one external reference, and every reference of a document was delivered.
CREATE VIEW invariant_i08_references AS
SELECT d.id AS delivery_id, NULL::uuid AS reference_id, d.aggregate_label AS label
FROM integrations_delivery d
LEFT JOIN integrations_externalreference r
  ON r.system_id = d.system_id AND r.object_type = d.aggregate_type AND r.object_id = d.aggregate_id
WHERE d.state = 'delivered' AND r.external_id IS DISTINCT FROM d.result ->> 'number'
UNION ALL
SELECT NULL, r.id, r.external_id
FROM integrations_externalreference r
WHERE r.object_type = 'billing.proposal'
  AND NOT EXISTS (
    SELECT FROM integrations_delivery d
    WHERE d.system_id = r.system_id AND d.aggregate_type = r.object_type AND d.aggregate_id = r.object_id
      AND d.state = 'delivered')
