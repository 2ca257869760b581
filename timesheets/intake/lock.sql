-- Workers, then their weeks, then the weeks of entries that may move: always in the order of ids.
SELECT w.id FROM projects_worker w
WHERE w.code IN (SELECT worker FROM time_intake)
ORDER BY w.id FOR NO KEY UPDATE;

SELECT t.id FROM timesheets_timesheet t
WHERE t.id IN (
  SELECT x.id FROM time_intake s JOIN projects_worker w ON w.code = s.worker
  JOIN timesheets_timesheet x ON x.worker_id = w.id AND x.week = date_trunc('week', s.work_date)::date
  UNION
  SELECT e.timesheet_id FROM time_intake s
  JOIN timesheets_timeentry e ON e.source_system = s.source_system AND e.source_key = s.source_key)
ORDER BY t.id FOR NO KEY UPDATE
