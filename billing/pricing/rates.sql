-- Which rate. An agreed price of the assignment goes before every card (time_and_materials.sql reads it).
-- Cards are asked in the order contract, customer, legal entity, standard; the first one with a matching
-- row decides, and in it the most specific row: work type 16, worker 8, role 4, region 2, service line 1.
-- Cards in the contract's currency are asked before others of their scope; where only another currency
-- answers, or two rows are equally specific, or none matches, there is no price but a gap.

-- Once per distinct combination, not per entry. A worker counts only where some rate names that worker.
INSERT INTO pricing_combination
SELECT row_number() OVER (), c.*
FROM (
  SELECT DISTINCT w.contract_id, w.known_at, w.role, coalesce(named.worker, 'any') AS worker, w.region,
         w.service_line, w.work_type
  FROM pricing_work w
  LEFT JOIN (SELECT DISTINCT worker FROM contracts_rate WHERE worker <> 'any') named
    ON named.worker = w.worker
  WHERE w.gap IS NULL AND w.billable AND w.override IS NULL
) c;
ANALYZE pricing_combination;

INSERT INTO pricing_rate
WITH candidate AS (
  SELECT c.id AS combination_id, r.id AS rate_id, r.amount, k.unit,
         k.currency_id = s.currency AS same_currency, r.work_type <> 'any' AS replaces_multiplier,
         coalesce(lower(r.valid), '-infinity') AS starts_on, coalesce(upper(r.valid), 'infinity') AS ends_on,
         CASE k.scope WHEN 'contract' THEN 1 WHEN 'customer' THEN 2 WHEN 'legal_entity' THEN 3 ELSE 4 END AS place,
         16 * (r.work_type <> 'any')::int + 8 * (r.worker <> 'any')::int + 4 * (r.role <> 'any')::int
           + 2 * (r.region <> 'any')::int + (r.service_line <> 'any')::int AS specificity
  FROM pricing_combination c
  JOIN pricing_scope s ON s.contract_id = c.contract_id
  JOIN contracts_ratecard k ON k.scope = 'standard' OR k.contract_id = s.contract_id
    OR k.customer_id = s.customer_id OR k.legal_entity_id = s.legal_entity_id
  JOIN contracts_rate r ON r.card_id = k.id AND r.known @> c.known_at
   AND r.role IN (c.role, 'any') AND r.worker IN (c.worker, 'any') AND r.region IN (c.region, 'any')
   AND r.service_line IN (c.service_line, 'any') AND r.work_type IN (c.work_type, 'any')
), boundary AS (
  SELECT combination_id, starts_on AS day FROM candidate
  UNION SELECT combination_id, ends_on FROM candidate
), span AS (
  SELECT combination_id, day AS starts_on,
         lead(day) OVER (PARTITION BY combination_id ORDER BY day) AS ends_on
  FROM boundary
), ranked AS (
  SELECT p.starts_on AS span_starts, p.ends_on AS span_ends, c.*,
         rank() OVER best AS position, count(*) OVER equals AS rivals
  FROM span p
  JOIN candidate c ON c.combination_id = p.combination_id
   AND c.starts_on <= p.starts_on AND c.ends_on >= p.ends_on
  WINDOW best AS (PARTITION BY p.combination_id, p.starts_on ORDER BY c.place, c.same_currency DESC, c.specificity DESC),
         equals AS (PARTITION BY p.combination_id, p.starts_on, c.place, c.same_currency, c.specificity)
)
SELECT DISTINCT ON (combination_id, span_starts)
       combination_id, span_starts, span_ends, rate_id, amount, unit, replaces_multiplier,
       CASE WHEN rivals > 1 THEN 'rate_ambiguous'
            WHEN NOT same_currency THEN 'rate_currency' ELSE 'priced' END
FROM ranked
WHERE position = 1
ORDER BY combination_id, span_starts, rate_id;

ANALYZE pricing_rate;
