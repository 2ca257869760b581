-- The accepted lines of every worker and day that would pass 24 hours, with what stands there already.
WITH wanted AS (
  SELECT worker_id, work_date, sum(hours) AS hours FROM time_checked
  WHERE action IN ('create', 'update', 'submit') GROUP BY 1, 2
), standing AS (
  SELECT e.worker_id, e.work_date, sum(e.hours) AS hours
  FROM wanted w
  JOIN timesheets_timeentry e ON e.worker_id = w.worker_id AND e.work_date = w.work_date
  WHERE e.status <> 'rejected' AND NOT EXISTS (
    SELECT FROM time_checked c WHERE c.entry_id = e.id AND c.action IN ('update', 'submit'))
  GROUP BY 1, 2
)
SELECT c.row, c.worker_id, c.work_date, c.hours,
       CASE WHEN c.old_date = c.work_date AND c.old_status <> 'rejected' THEN c.old_hours ELSE 0 END,
       coalesce(s.hours, 0)
FROM time_checked c
JOIN wanted w USING (worker_id, work_date)
LEFT JOIN standing s USING (worker_id, work_date)
WHERE c.action IN ('create', 'update', 'submit') AND w.hours + coalesce(s.hours, 0) > 24
ORDER BY c.row
