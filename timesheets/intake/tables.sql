-- Working tables of one intake, gone with the transaction.
CREATE TEMP TABLE IF NOT EXISTS time_intake (
  row int, worker text, project text, task text, work_date date, hours numeric, work_type text,
  location text, note text, billable boolean, source_system text, source_key text, settled boolean
) ON COMMIT DELETE ROWS;
TRUNCATE time_intake;

-- `refusal` is `code:field`, `action` what an accepted line does: create, update, submit, unchanged.
CREATE TEMP TABLE IF NOT EXISTS time_checked (
  row int, refusal text, detail text, action text, entry_id uuid, worker_id uuid, worker text,
  project_id uuid, task_id uuid, work_date date, week date, hours numeric, work_type_id uuid,
  location text, note text, billable boolean, source_system text, source_key text,
  old_status text, old_date date, old_hours numeric
) ON COMMIT DELETE ROWS;
TRUNCATE time_checked;
