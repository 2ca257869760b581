-- Whatever contracts with a cap would bill is measured before it is shared among payers.
DELETE FROM pricing_capped;
INSERT INTO pricing_capped
SELECT b.*, NULL FROM pricing_should b
WHERE b.billable AND b.contract_id IN (SELECT contract_id FROM pricing_ceiling WHERE level < 5);

DELETE FROM pricing_should b
WHERE b.billable AND b.contract_id IN (SELECT contract_id FROM pricing_ceiling WHERE level < 5);
