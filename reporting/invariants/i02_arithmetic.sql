-- I2: what is not a slice is quantity × unit price, rounded to the currency (where a ceiling split it, the split
-- fixed its amount and the quantity only informs); a credit never takes back more
-- than is left of its original. (A discount that came later names the work it reduces, and is no part of it.)
CREATE VIEW invariant_i02_arithmetic AS
SELECT c.id AS charge_id, c.quantity, c.unit_price, c.amount
FROM billing_charge c
JOIN core_currency y ON y.code = c.currency
JOIN contracts_payer a ON a.contract_version_id = c.contract_version_id
 AND a.billing_account_id = c.billing_account_id AND a.percent = 100
WHERE c.slice = '' AND NOT c.explanation ?| ARRAY['cap', 'order'] AND c.amount <> round(c.quantity * c.unit_price, y.minor_unit)
UNION ALL
SELECT o.id, o.quantity, o.unit_price, sum(c.amount)
FROM billing_charge c JOIN billing_charge o ON o.id = c.reverses_id AND o.component = c.component
GROUP BY o.id, o.quantity, o.unit_price, o.amount
HAVING abs(sum(c.amount)) > abs(o.amount) OR sign(sum(c.amount)) = sign(o.amount)
