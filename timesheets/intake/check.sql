-- Every staged line against the stored data: the first rule that fails refuses it.
-- A line that says what is stored already is unchanged, whatever became of its project since.
INSERT INTO time_checked
WITH resolved AS (
  SELECT s.*,
    w.id AS worker_id, w.user_id, p.id AS project_id, p.status AS project_status, p.waits_for, p.starts_on, p.ends_on,
    p.legal_entity_id, m.user_id AS manager_id, t.id AS task_id, t.status AS task_status,
    t.billable AND k.billable AS may_bill, k.id AS work_type_id, s.location = '' OR r.id IS NOT NULL AS located,
    coalesce(s.billable, t.billable AND k.billable) AS bills,
    e.id AS entry_id, e.worker_id AS entry_worker_id, e.status, e.kind, e.root_id,
    e.work_date AS old_date, e.hours AS old_hours, e.project_id AS old_project_id,
    em.id IS NOT NULL AS employed, a.id IS NOT NULL AS assigned,
    row_number() OVER (PARTITION BY s.source_system, s.source_key ORDER BY s.row) AS place,
    first_value(s.row) OVER (PARTITION BY s.source_system, s.source_key ORDER BY s.row) AS first_row,
    (e.worker_id, e.project_id, e.task_id, e.work_date, e.hours, e.work_type_id, e.location, e.note, e.billable)
      = (w.id, p.id, t.id, s.work_date, s.hours, k.id, s.location, s.note,
         coalesce(s.billable, t.billable AND k.billable)) AS same
  FROM time_intake s
  LEFT JOIN projects_worker w ON w.code = s.worker
  LEFT JOIN projects_project p ON p.code = s.project
  LEFT JOIN projects_worker m ON m.id = p.manager_id
  LEFT JOIN projects_task t ON t.project_id = p.id AND t.code = s.task
  LEFT JOIN timesheets_worktype k ON k.code = s.work_type
  LEFT JOIN contracts_region r ON r.code = s.location
  LEFT JOIN timesheets_timeentry e ON e.source_system = s.source_system AND e.source_key = s.source_key
  -- IS TRUE keeps the planner off the index of the ranges: hashing the workers is far cheaper.
  LEFT JOIN projects_employment em ON em.worker_id = w.id AND (em.valid @> s.work_date) IS TRUE
  LEFT JOIN projects_assignment a ON a.worker_id = w.id AND a.project_id = p.id
        AND a.status IN ('confirmed', 'ended') AND (a.valid @> s.work_date) IS TRUE
), allowed AS (
  SELECT r.*,
    %(everything)s OR (%(own)s AND r.user_id = %(user)s::uuid)
      OR r.legal_entity_id = ANY(%(entities)s::uuid[])
      OR (r.manager_id = %(user)s::uuid
          AND (%(managed_everywhere)s OR r.legal_entity_id = ANY(%(managed_in)s::uuid[]))) AS here,
    r.old_project_id IS NULL OR r.old_project_id = r.project_id OR %(everything)s
      OR (%(own)s AND r.user_id = %(user)s::uuid)
      OR EXISTS (SELECT FROM projects_project o JOIN projects_worker n ON n.id = o.manager_id
                 WHERE o.id = r.old_project_id AND (o.legal_entity_id = ANY(%(entities)s::uuid[])
                   OR (n.user_id = %(user)s::uuid AND (%(managed_everywhere)s
                       OR o.legal_entity_id = ANY(%(managed_in)s::uuid[]))))) AS there,
    coalesce(r.same, false) OR (r.status = 'corrected' AND EXISTS (
      SELECT FROM timesheets_timeentry h
      WHERE h.root_id = r.root_id AND h.status = 'approved' AND h.kind = 'replacement'
        AND (h.worker_id, h.project_id, h.task_id, h.work_date, h.hours, h.work_type_id, h.location, h.billable)
          = (r.worker_id, r.project_id, r.task_id, r.work_date, r.hours, r.work_type_id, r.location, r.bills)
    )) AS stands
  FROM resolved r
), judged AS (
  SELECT a.*,
    a.stands AND NOT (%(submit)s AND (a.status = 'draft' OR %(resubmit)s AND a.status = 'rejected')) AS unchanged
  FROM allowed a
)
SELECT j.row, x.refusal, x.detail,
  CASE WHEN x.refusal IS NOT NULL THEN 'refuse'
       WHEN j.unchanged THEN 'unchanged'
       WHEN j.entry_id IS NULL THEN 'create'
       WHEN j.stands THEN 'submit' ELSE 'update' END,
  coalesce(j.entry_id, uuidv7()), j.worker_id, j.worker, j.project_id, j.task_id, j.work_date,
  date_trunc('week', j.work_date)::date, j.hours, j.work_type_id, j.location, j.note, j.bills,
  j.source_system, j.source_key, j.status, j.old_date, j.old_hours
FROM judged j
CROSS JOIN LATERAL (
  SELECT split_part(y.found, '|', 1) AS refusal, split_part(y.found, '|', 2) AS detail
  FROM (SELECT CASE
    WHEN j.place > 1 THEN 'duplicate_in_batch:source_key|' || j.first_row
    WHEN j.worker_id IS NULL THEN 'unknown_worker:worker'
    WHEN j.project_id IS NULL THEN 'unknown_project:project'
    WHEN j.task_id IS NULL THEN 'unknown_task:task'
    WHEN j.work_type_id IS NULL THEN 'unknown_work_type:work_type'
    WHEN NOT j.located THEN 'unknown_location:location'
    WHEN NOT coalesce(j.here, false) THEN 'not_allowed:project'
    WHEN j.entry_worker_id <> j.worker_id OR NOT j.there OR j.kind <> 'work' THEN 'key_taken:source_key'
    WHEN j.unchanged THEN NULL
    WHEN j.status IN ('approved', 'corrected')
      THEN 'approved_already:source_key|' || trim_scale(j.old_hours)
    WHEN NOT j.settled AND j.project_status <> 'active'
      THEN 'project_not_active:project|' || replace(j.project_status, '_', ' ')
        || CASE WHEN j.waits_for <> '' THEN ' and waits for ' || replace(j.waits_for, '|', '/') ELSE '' END
    WHEN NOT j.settled AND j.task_status <> 'open' THEN 'task_closed:task'
    WHEN j.work_date < j.starts_on OR j.work_date > j.ends_on
      THEN 'date_outside_project:work_date|from ' || j.starts_on || coalesce(' to ' || j.ends_on, '')
    WHEN j.work_date > %(latest)s THEN 'date_in_future:work_date|' || %(latest)s
    WHEN NOT j.employed THEN 'worker_inactive:work_date'
    WHEN NOT j.settled AND NOT j.assigned THEN 'project_not_assigned:project'
    WHEN j.bills AND NOT j.may_bill THEN 'task_not_billable:billable'
  END AS found) y
) x
