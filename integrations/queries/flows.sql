-- How each flow went since %(since)s and stands at %(now)s, per system where it has one. `entities` narrows to legal
-- entities; NULL means all. Times in seconds. `late` counts what took, or has been waiting, longer than the objective.
WITH pricing AS (
  -- An approval is through when its contract was priced next after it, and open while its reaction is owed.
  SELECT e.occurred_at AS began_at, CASE WHEN r.state = 'done' THEN p.occurred_at END AS ended_at,
         r.state <> 'done' AS is_open, r.state = 'dead' AS is_stuck, r.attempts AS failures
  FROM core_event e
  JOIN core_reaction r ON r.event_id = e.seq AND r.handler = 'billing.handlers.price_approved_time'
  LEFT JOIN LATERAL (
    SELECT n.occurred_at FROM core_event n
    WHERE n.aggregate_type = 'contracts.contract' AND n.aggregate_id = (e.payload ->> 'contract_id')::uuid
      AND n.type = 'charge.priced' AND n.seq > e.seq
    ORDER BY n.aggregate_seq LIMIT 1) p ON r.state = 'done'
  WHERE e.type = 'time.approved' AND (e.occurred_at >= %(since)s OR r.state <> 'done')
    AND (%(entities)s::uuid[] IS NULL OR e.legal_entity_id = ANY (%(entities)s::uuid[]))
), posting AS (
  SELECT d.system_id, d.created_at AS began_at, CASE WHEN d.state = 'delivered' THEN d.finished_at END AS ended_at,
         d.state NOT IN ('delivered', 'superseded', 'waived') AS is_open, d.state IN ('rejected', 'dead') AS is_stuck,
         (SELECT count(*) FROM integrations_deliveryattempt a
          WHERE a.delivery_id = d.id AND a.started_at >= %(since)s AND a.outcome <> 'delivered') AS failures
  FROM integrations_delivery d
  WHERE d.aggregate_type = 'billing.proposal'
    AND (d.finished_at >= %(since)s OR d.state NOT IN ('delivered', 'superseded', 'waived'))
    AND (%(entities)s::uuid[] IS NULL OR d.legal_entity_id = ANY (%(entities)s::uuid[]))
), activation AS (
  SELECT p.created_at AS began_at, CASE WHEN p.state = 'done' THEN p.finished_at END AS ended_at,
         p.state IN ('running', 'waiting') AS is_open, p.state = 'waiting' AS is_stuck,
         (SELECT count(*) FROM integrations_processstep s JOIN integrations_stepattempt a ON a.step_id = s.id
          WHERE s.process_id = p.id AND a.started_at >= %(since)s AND a.outcome <> 'done') AS failures
  FROM integrations_process p
  WHERE p.kind = 'contract_activation' AND (p.finished_at >= %(since)s OR p.state IN ('running', 'waiting'))
    AND (%(entities)s::uuid[] IS NULL OR p.legal_entity_id = ANY (%(entities)s::uuid[]))
), settling AS (
  SELECT b.system_id, b.created_at AS began_at,
         CASE WHEN b.state IN ('matched', 'explained') THEN b.updated_at END AS ended_at,
         b.state IN ('open', 'proposed') AS is_open, false AS is_stuck, 0 AS failures
  FROM integrations_break b
  WHERE (b.updated_at >= %(since)s OR b.state IN ('open', 'proposed'))
    AND (%(entities)s::uuid[] IS NULL OR b.legal_entity_id = ANY (%(entities)s::uuid[]))
), pieces AS (
  SELECT 'pricing' AS flow, NULL::uuid AS system_id, * FROM pricing
  UNION ALL SELECT 'posting', * FROM posting
  UNION ALL SELECT 'activation', NULL, * FROM activation
  UNION ALL SELECT 'settling', * FROM settling
), replays AS (
  SELECT CASE e.type WHEN 'delivery.replayed' THEN 'posting' ELSE 'activation' END AS flow,
         d.system_id, count(*) AS replays
  FROM core_event e LEFT JOIN integrations_delivery d ON d.id = e.aggregate_id
  WHERE e.type IN ('delivery.replayed', 'process.resumed') AND e.occurred_at >= %(since)s
    AND (%(entities)s::uuid[] IS NULL OR e.legal_entity_id = ANY (%(entities)s::uuid[]))
  GROUP BY 1, 2
), timed AS (
  SELECT *, extract(epoch FROM ended_at - began_at) AS took, extract(epoch FROM %(now)s - began_at) AS waits
  FROM pieces
), figures AS (
  SELECT t.flow, t.system_id,
    count(*) FILTER (WHERE t.ended_at IS NOT NULL) AS through,
    count(*) FILTER (WHERE t.is_open) AS open,
    count(*) FILTER (WHERE t.took > o.seconds OR t.is_open AND t.waits > o.seconds) AS late,
    count(*) FILTER (WHERE t.is_stuck) AS stuck,
    coalesce(sum(t.failures), 0) AS failures,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY t.took) FILTER (WHERE t.took IS NOT NULL) AS lag,
    max(t.waits) FILTER (WHERE t.is_open) AS oldest
  FROM timed t JOIN integrations_flowobjective o USING (flow)
  GROUP BY t.flow, t.system_id
)
SELECT o.flow, coalesce(s.code, ''), coalesce(s.name, ''), o.seconds, coalesce(f.through, 0), coalesce(f.open, 0),
       coalesce(f.late, 0), coalesce(f.stuck, 0), coalesce(f.failures, 0)::int, coalesce(r.replays, 0),
       round(f.lag)::int, round(f.oldest)::int
FROM integrations_flowobjective o
LEFT JOIN figures f USING (flow)
LEFT JOIN replays r ON r.flow = o.flow AND r.system_id IS NOT DISTINCT FROM f.system_id
LEFT JOIN integrations_system s ON s.id = f.system_id
ORDER BY o.seconds, 2
