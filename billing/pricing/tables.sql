-- Compiling the plans of a pass costs more than running them.
SET LOCAL jit = off;

-- Working tables of one pass. They live in the session, are emptied at commit and cost no log. An earlier
-- pass of the same transaction may have left rows; truncating would make new files for every pass.
CREATE TEMP TABLE IF NOT EXISTS pricing_scope (
  contract_id uuid PRIMARY KEY, customer_id uuid NOT NULL, legal_entity_id uuid NOT NULL,
  currency text NOT NULL, minor_unit int NOT NULL, policy text NOT NULL
) ON COMMIT DELETE ROWS;

-- Sources the pass is limited to; empty means every source of the contracts.
CREATE TEMP TABLE IF NOT EXISTS pricing_focus (source_id uuid PRIMARY KEY) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS pricing_terms (
  contract_id uuid, known_at timestamptz, version_id uuid, starts_on date, ends_on date
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS pricing_work (
  contract_id uuid, line_key text, source_id uuid, known_at timestamptz,
  project_id uuid, task_id uuid, worker_id uuid, work_date date, hours numeric,
  billable boolean, multiplier numeric, override numeric, override_unit text, assignment_id uuid,
  role text, worker text, region text, service_line text, work_type text,
  version_id uuid, increment numeric, increment_rounding text, hours_per_day numeric,
  discount_percent numeric, gap text
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS pricing_combination (
  id bigint, contract_id uuid, known_at timestamptz,
  role text, worker text, region text, service_line text, work_type text
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS pricing_rate (
  combination_id bigint, starts_on date, ends_on date, rate_id uuid, amount numeric,
  unit text, replaces_multiplier boolean, outcome text
) ON COMMIT DELETE ROWS;

-- `root_id` is the work that is priced; a decision names the work it changes.
CREATE TEMP TABLE IF NOT EXISTS pricing_should (
  contract_id uuid, line_key text, source_type text, source_id uuid, root_id uuid, component text,
  project_id uuid, task_id uuid, worker_id uuid, role text, service_line text, service_on date,
  quantity numeric, worked numeric, unit text, unit_price numeric, amount numeric,
  billable boolean, not_billable_reason text, version_id uuid, rate_id uuid, explanation jsonb
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS pricing_gap (
  contract_id uuid, source_id uuid, code text, role text, worker text, region text,
  service_line text, work_type text, work_date date, hours numeric, multiplier numeric, worker_id uuid
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS pricing_share (
  LIKE pricing_should, billing_account_id uuid
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS pricing_wanted (
  LIKE pricing_share, slice text, reverses_id uuid
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS pricing_touched (
  contract_id uuid, action text, rows bigint, amount numeric, proposal_line_id uuid
) ON COMMIT DELETE ROWS;

DELETE FROM pricing_scope;
DELETE FROM pricing_focus;
DELETE FROM pricing_terms;
DELETE FROM pricing_work;
DELETE FROM pricing_combination;
DELETE FROM pricing_rate;
DELETE FROM pricing_should;
DELETE FROM pricing_gap;
DELETE FROM pricing_share;
DELETE FROM pricing_wanted;
DELETE FROM pricing_touched;
