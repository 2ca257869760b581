-- I10: nothing is leased past twice its lease, and no doubt is older than a day without an exception.
CREATE VIEW invariant_i10_leases AS
SELECT d.id AS delivery_id, d.state, d.lease_until, d.unknown_since
FROM integrations_delivery d
WHERE d.state = 'leased' AND d.lease_until < now() - interval '2 minutes'
   OR d.state = 'unknown' AND d.unknown_since < now() - interval '24 hours'
  AND NOT EXISTS (
    SELECT FROM core_exceptionitem x
    WHERE x.cause_key = 'delivery:' || d.id || ':outcome_unknown' AND x.state IN ('open', 'in_progress'))
