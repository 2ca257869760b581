-- Working tables of one drafting pass; see pricing/tables.sql.
SET LOCAL jit = off;

CREATE TEMP TABLE IF NOT EXISTS draft_contract (contract_id uuid PRIMARY KEY) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS draft_document (
  proposal_id uuid, contract_id uuid, billing_account_id uuid, kind text, credits_id uuid,
  currency text, legal_entity_id uuid, document_date date, version_id uuid
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS draft_charge (
  charge_id uuid, proposal_id uuid, contract_id uuid, billing_account_id uuid, legal_entity_id uuid,
  service_line text, original_id uuid, credits_id uuid, amount numeric, currency text, tax_code_id uuid
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS draft_failure (
  contract_id uuid, code text, sentence text, amount numeric, currency text, detail text
) ON COMMIT DELETE ROWS;

DELETE FROM draft_contract;
DELETE FROM draft_document;
DELETE FROM draft_charge;
DELETE FROM draft_failure;
