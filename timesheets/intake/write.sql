-- The accepted lines, in a constant number of statements. New weeks first.
INSERT INTO timesheets_timesheet (worker_id, week)
SELECT DISTINCT worker_id, week FROM time_checked WHERE action IN ('create', 'update')
ON CONFLICT DO NOTHING;

INSERT INTO timesheets_timeentry (id, timesheet_id, worker_id, project_id, task_id, work_date, hours,
  work_type_id, location, note, billable, status, kind, root_id, source_system, source_key,
  submitted_by_id, submitted_at, rejection_reason)
SELECT c.entry_id, t.id, c.worker_id, c.project_id, c.task_id, c.work_date, c.hours, c.work_type_id,
  c.location, c.note, c.billable, CASE WHEN %(submit)s THEN 'submitted' ELSE 'draft' END, 'work', c.entry_id,
  c.source_system, c.source_key, CASE WHEN %(submit)s THEN %(user)s::uuid END,
  CASE WHEN %(submit)s THEN now() END, ''
FROM time_checked c
JOIN timesheets_timesheet t ON t.worker_id = c.worker_id AND t.week = c.week
WHERE c.action = 'create'
ON CONFLICT (source_system, source_key) DO NOTHING;

-- Whoever changes submitted time has submitted it: they cannot approve it any more.
UPDATE timesheets_timeentry e SET
  timesheet_id = t.id, project_id = c.project_id, task_id = c.task_id, work_date = c.work_date,
  hours = c.hours, work_type_id = c.work_type_id, location = c.location, note = c.note, billable = c.billable,
  status = CASE WHEN %(submit)s OR e.status = 'submitted' THEN 'submitted' ELSE 'draft' END,
  submitted_by_id = CASE WHEN %(submit)s OR e.status = 'submitted' THEN %(user)s::uuid END,
  submitted_at = CASE WHEN %(submit)s OR e.status = 'submitted' THEN now() END,
  rejection_reason = ''
FROM time_checked c
JOIN timesheets_timesheet t ON t.worker_id = c.worker_id AND t.week = c.week
WHERE e.id = c.entry_id AND c.action IN ('update', 'submit');

-- Another intake may have brought the same new key in the meantime.
UPDATE time_checked c SET action = 'refuse', refusal = 'sent_concurrently:source_key', detail = ''
WHERE c.action = 'create' AND NOT EXISTS (SELECT FROM timesheets_timeentry e WHERE e.id = c.entry_id)
