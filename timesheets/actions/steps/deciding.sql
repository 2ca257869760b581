-- The entries a decision is about, gone with the transaction. Both halves of a correction go together.
CREATE TEMP TABLE IF NOT EXISTS time_deciding (entry_id uuid PRIMARY KEY) ON COMMIT DELETE ROWS;
TRUNCATE time_deciding;

INSERT INTO time_deciding
WITH wanted AS (
  SELECT e.id, e.corrects_id
  FROM unnest(%(workers)s::uuid[], %(projects)s::uuid[], %(weeks)s::date[]) AS s (worker_id, project_id, week)
  JOIN timesheets_timesheet t ON t.worker_id = s.worker_id AND t.week = s.week
  JOIN timesheets_timeentry e ON e.timesheet_id = t.id AND e.project_id = s.project_id
  WHERE e.status = 'submitted'
  UNION
  SELECT e.id, e.corrects_id FROM timesheets_timeentry e
  WHERE e.id = ANY(%(entries)s::uuid[]) AND e.status = 'submitted'
)
SELECT id FROM wanted
UNION
SELECT h.id FROM wanted w JOIN timesheets_timeentry h ON h.corrects_id = w.corrects_id AND h.status = 'submitted'
