-- Back into the pass: what purchase orders pay, and what is over them.
INSERT INTO pricing_share SELECT * FROM pricing_capped;
