-- A purchase order limits what its payer's shares bill, after the caps.
DELETE FROM pricing_capped;
INSERT INTO pricing_capped
SELECT h.* FROM pricing_share h
WHERE h.billable AND (h.contract_id, h.billing_account_id) IN (
  SELECT contract_id, billing_account_id FROM pricing_ceiling WHERE level = 5);

DELETE FROM pricing_share h
WHERE h.billable AND (h.contract_id, h.billing_account_id) IN (
  SELECT contract_id, billing_account_id FROM pricing_ceiling WHERE level = 5);
