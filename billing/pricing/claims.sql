-- What every source claims, and the room it keeps: what was last fixed of it, as long as any of that stands.
-- Write-downs free no room, so they are no part of a claim. Hours are those billed; days count by their length.
DELETE FROM pricing_claim;
INSERT INTO pricing_claim
WITH claimed AS (
  SELECT contract_id, line_key, source_type, source_id, billing_account_id, min(service_on) AS service_on,
         sum(amount) AS net, coalesce(sum(quantity * CASE unit WHEN 'day' THEN (explanation ->> 'hours_per_day')::numeric
           ELSE 1 END) FILTER (WHERE source_type = 'time' AND component = 'base'), 0) AS hours
  FROM pricing_capped WHERE component <> 'write_down'
  GROUP BY 1, 2, 3, 4, 5
), fixed AS (
  SELECT c.*, c.slice LIKE 'reversal-%' AS is_reversal,
         max(c.fixed_at) FILTER (WHERE c.slice NOT LIKE 'reversal-%') OVER (
           PARTITION BY c.contract_id, c.line_key, c.source_id, c.billing_account_id) AS billed_at
  FROM billing_charge c
  WHERE c.contract_id IN (SELECT contract_id FROM pricing_capped) AND c.fixed_at IS NOT NULL
    AND c.component <> 'write_down'
), stage AS (
  SELECT DISTINCT contract_id, billing_account_id FROM pricing_capped
), kept AS (
  -- Between the credit of a rebill and its new invoice, the source keeps the room that was credited.
  SELECT contract_id, line_key, source_id, billing_account_id, sum(amount) AS net,
         sum(quantity * CASE unit WHEN 'day' THEN (explanation ->> 'hours_per_day')::numeric ELSE 1 END)
           FILTER (WHERE source_type = 'time' AND component = 'base') AS hours
  FROM fixed WHERE NOT is_reversal OR fixed_at < billed_at
  GROUP BY 1, 2, 3, 4
), unpriced AS (
  -- Work that lost its price keeps what is fixed, and so its room.
  SELECT k.contract_id, k.line_key, k.source_id, t.billing_account_id, sum(k.net) AS net, sum(k.hours) AS hours
  FROM kept k
  JOIN stage t ON t.contract_id = k.contract_id
   AND (t.billing_account_id IS NULL OR t.billing_account_id = k.billing_account_id)
  WHERE (k.contract_id, k.source_id) IN (SELECT contract_id, source_id FROM pricing_gap)
  GROUP BY 1, 2, 3, 4
)
SELECT c.contract_id, c.line_key, c.source_type, c.source_id, c.billing_account_id, c.service_on, c.net, c.hours,
       coalesce(k.net, 0), coalesce(k.hours, 0), c.net, c.hours, NULL::int, NULL::numeric
FROM claimed c
LEFT JOIN LATERAL (
  SELECT sum(k.net) AS net, sum(k.hours) AS hours FROM kept k
  WHERE (k.contract_id, k.line_key, k.source_id) = (c.contract_id, c.line_key, c.source_id)
    AND (c.billing_account_id IS NULL OR k.billing_account_id = c.billing_account_id)
) k ON true
WHERE c.net <> 0
UNION ALL
SELECT contract_id, line_key, 'time', source_id, billing_account_id, '-infinity'::date, net, coalesce(hours, 0), net,
       coalesce(hours, 0), net, coalesce(hours, 0), NULL, NULL
FROM unpriced;
