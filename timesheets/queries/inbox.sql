-- Submitted time by person, project and week, with what an approver should look at, worst first.
WITH waiting AS (
  SELECT e.*, t.week FROM timesheets_timeentry e
  JOIN timesheets_timesheet t ON t.id = e.timesheet_id
  JOIN projects_project p ON p.id = e.project_id
  JOIN projects_worker m ON m.id = p.manager_id
  WHERE e.status = 'submitted' AND (%(everything)s OR p.legal_entity_id = ANY(%(entities)s::uuid[])
    OR (m.user_id = %(user)s::uuid
        AND (%(managed_everywhere)s OR p.legal_entity_id = ANY(%(managed_in)s::uuid[]))))
), days AS (
  SELECT DISTINCT worker_id, work_date FROM waiting
), long_days AS (
  SELECT d.worker_id, d.work_date FROM days d
  JOIN timesheets_timeentry e ON e.worker_id = d.worker_id AND e.work_date = d.work_date
  WHERE e.status <> 'rejected' GROUP BY 1, 2 HAVING sum(e.hours) > %(long_day)s
), ends AS (
  SELECT p.id AS project_id, least(p.ends_on, (
    SELECT v.ends_on FROM contracts_contractversion v
    WHERE v.contract_id = p.contract_id AND v.status = 'approved' ORDER BY v.number DESC LIMIT 1)) AS ends_on
  FROM projects_project p WHERE p.id IN (SELECT project_id FROM waiting)
), slices AS (
  SELECT e.worker_id, e.project_id, e.week, count(*) AS entries, sum(e.hours) AS hours,
    min(e.submitted_at) AS submitted_at, min(e.work_date) AS first_on, max(e.work_date) AS last_on,
    count(DISTINCT l.work_date) AS long_days,
    count(*) FILTER (WHERE extract(isodow FROM e.work_date) > 5) AS weekend,
    count(*) FILTER (WHERE e.work_date > x.ends_on) AS after_end,
    count(*) FILTER (WHERE e.note = '' AND e.kind <> 'reversal') AS no_note,
    count(*) FILTER (WHERE e.kind <> 'work') AS corrections,
    coalesce(bool_or(e.submitted_by_id = %(user)s::uuid), false) AS submitted_by_me
  FROM waiting e
  JOIN ends x ON x.project_id = e.project_id
  LEFT JOIN long_days l ON l.worker_id = e.worker_id AND l.work_date = e.work_date
  GROUP BY 1, 2, 3
)
SELECT s.*, w.code AS worker_code, w.name AS worker, p.code AS project_code, p.name AS project,
  c.code AS contract, coalesce(w.user_id = %(user)s::uuid, false) AS worked_by_me
FROM slices s
JOIN projects_worker w ON w.id = s.worker_id
JOIN projects_project p ON p.id = s.project_id
JOIN contracts_contract c ON c.id = p.contract_id
WHERE %(text)s = '' OR concat_ws(' ', w.code, w.name, p.code, p.name, c.code) ILIKE %(pattern)s
ORDER BY after_end > 0 DESC, long_days > 0 DESC, weekend + no_note + corrections > 0 DESC,
  s.week, w.name, p.code
