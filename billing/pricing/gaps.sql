-- Work without a price, one row per cause, with hours and money at risk.
-- The money is an estimate at the latest standard rate of the role, else at the latest rate any card
-- within reach holds for it; where there is none it stays unknown, never zero. Of expenses it is what was spent.
SELECT g.contract_id, g.code, coalesce(g.role, '') AS role, coalesce(d.name, g.role, '') AS role_name,
       coalesce(g.region, '') AS region,
       coalesce(g.service_line, '') AS service_line, coalesce(g.work_type, '') AS work_type,
       coalesce(x.currency, '') AS spent_in,
       count(*) AS entries, sum(g.hours) AS hours, min(g.work_date) AS first_on, max(g.work_date) AS last_on,
       count(DISTINCT g.worker_id) AS workers, estimate.unit_price AS estimated_price,
       estimate.rate_id AS estimate_rate_id,
       coalesce(sum(x.net), round(sum(g.hours * g.multiplier) * estimate.unit_price, s.minor_unit)) AS money_at_risk,
       coalesce(x.currency, s.currency) AS currency, s.legal_entity_id, k.code AS contract_code, k.name AS contract_name, c.name AS customer_name
FROM pricing_gap g
JOIN pricing_scope s USING (contract_id)
JOIN contracts_contract k ON k.id = g.contract_id
JOIN contracts_customer c ON c.id = s.customer_id
LEFT JOIN pricing_expense x ON x.contract_id = g.contract_id AND x.source_id = g.source_id
LEFT JOIN contracts_deliveryrole d ON d.code = g.role
LEFT JOIN LATERAL (
  SELECT CASE k.unit WHEN 'day' THEN r.amount / 8 ELSE r.amount END AS unit_price, r.id AS rate_id
  FROM contracts_rate r JOIN contracts_ratecard k ON k.id = r.card_id
  WHERE k.currency_id = s.currency AND upper_inf(r.known) AND r.role = g.role
    AND (k.scope = 'standard' OR k.contract_id = s.contract_id OR k.customer_id = s.customer_id
         OR k.legal_entity_id = s.legal_entity_id)
  ORDER BY (k.scope = 'standard') DESC, upper(r.valid) DESC NULLS FIRST, r.id DESC LIMIT 1
) estimate ON true
GROUP BY g.contract_id, g.code, g.role, d.name, g.region, g.service_line, g.work_type, x.currency, estimate.unit_price,
         estimate.rate_id, s.minor_unit, s.currency, s.legal_entity_id, k.code, k.name, c.name
ORDER BY g.contract_id, g.code, role, region, service_line, work_type, spent_in
