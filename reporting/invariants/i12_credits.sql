-- I12: the credits of an invoice never exceed it, in net, tax, gross and base-currency value.
CREATE VIEW invariant_i12_credits AS
SELECT o.number, o.net, o.tax, sum(k.net) AS credited_net, sum(k.tax) AS credited_tax
FROM billing_proposal k JOIN billing_proposal o ON o.id = k.credits_id
WHERE k.status <> 'discarded'
GROUP BY o.id, o.number, o.net, o.tax, o.gross, o.net_base
HAVING -sum(k.net) > o.net OR -sum(k.tax) > o.tax OR -sum(k.gross) > o.gross OR -sum(k.net_base) > o.net_base
