-- One row: how far the work of a contract, or the part of it that is asked about, has come on its way to cash.
-- Empty parameters do not narrow. A proposal narrows to the work behind it; roots and days narrow the work.
WITH asked AS (
  SELECT k.id, k.code, k.name, k.status, c.code AS customer, c.name AS customer_name
  FROM contracts_contract k JOIN contracts_customer c ON c.id = k.customer_id
  WHERE k.id = %(contract)s
), charge AS (
  SELECT c.*, l.proposal_id
  FROM billing_charge c LEFT JOIN billing_proposalline l ON l.id = c.proposal_line_id
  WHERE c.contract_id = %(contract)s
    AND (%(proposal)s::uuid IS NULL OR l.proposal_id = %(proposal)s)
    AND (%(roots)s::uuid[] IS NULL OR c.source_id = ANY(%(roots)s))
    AND (%(first_on)s::date IS NULL OR c.service_on BETWEEN %(first_on)s AND %(last_on)s)
), work AS (
  SELECT count(*) FILTER (WHERE e.status = 'approved') AS approved,
         sum(e.hours) FILTER (WHERE e.status = 'approved') AS hours,
         count(*) FILTER (WHERE e.status = 'submitted') AS submitted,
         count(*) FILTER (WHERE e.status = 'rejected') AS rejected,
         array_agg(DISTINCT p.code ORDER BY p.code) AS projects
  FROM timesheets_timeentry e JOIN projects_project p ON p.id = e.project_id
  WHERE p.contract_id = %(contract)s AND e.kind <> 'reversal'
    AND (%(proposal)s::uuid IS NULL OR e.root_id IN (SELECT source_id FROM charge))
    AND (%(roots)s::uuid[] IS NULL OR e.root_id = ANY(%(roots)s))
    AND (%(first_on)s::date IS NULL OR e.work_date BETWEEN %(first_on)s AND %(last_on)s)
), priced AS (
  SELECT count(*) AS charges, sum(amount) FILTER (WHERE billable) AS amount, min(currency) AS currency,
         count(*) FILTER (WHERE status = 'open' AND billable) AS open,
         sum(amount) FILTER (WHERE status = 'open' AND billable) AS open_amount
  FROM charge
), document AS (
  SELECT q.id, q.number, q.kind, q.status, q.net, q.gross, q.currency, q.refusal, q.erp_number, q.posted_on,
         q.payment_status, q.paid_amount, count(*) OVER () AS documents
  FROM billing_proposal q
  WHERE q.contract_id = %(contract)s AND q.status <> 'discarded'
    AND (%(proposal)s::uuid IS NULL OR q.id = %(proposal)s)
    AND (%(roots)s::uuid[] IS NULL AND %(first_on)s::date IS NULL OR q.id IN (SELECT proposal_id FROM charge))
  ORDER BY q.number DESC LIMIT 1
)
SELECT a.code, a.name, a.status, a.customer, a.customer_name, w.approved, w.hours, w.submitted, w.rejected,
       w.projects, p.charges, p.amount, p.currency, p.open, p.open_amount,
       d.number, d.kind, d.status AS document_status, d.net, d.gross, d.refusal, d.erp_number, d.posted_on,
       d.payment_status, d.paid_amount, coalesce(d.documents, 0) AS documents
FROM asked a CROSS JOIN work w CROSS JOIN priced p LEFT JOIN document d ON true
