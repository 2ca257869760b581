"""Time that is not approved yet: the hours a run would miss, valued at the engine's rates."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from billing.queries.addresses import unapproved_time_address
from billing.queries.engine_rates import over_engine_rates
from contracts.models import Contract


@dataclass(frozen=True)
class UnapprovedTime:
    """Submitted and draft time of a contract up to a day.

    `value` is an estimate in the contract's currency at today's terms; hours without a rate are apart.
    """

    contract_id: uuid.UUID
    code: str
    name: str
    currency: str
    entries: int
    submitted_hours: Decimal
    draft_hours: Decimal
    unpriced_hours: Decimal
    value: Decimal
    until: date

    @property
    def href(self) -> str:
        """Return the list of this time."""
        return unapproved_time_address(self.code, self.until)

    @property
    def hours(self) -> Decimal:
        return self.submitted_hours + self.draft_hours


def unapproved_time(legal_entity_id: uuid.UUID, cut_off: date) -> list[UnapprovedTime]:
    """Return the time of the entity's contracts that nobody approved, per contract, most value first."""
    contracts = Contract.objects.filter(legal_entity=legal_entity_id).values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(over_engine_rates(_WORK, _ANSWER), {"contracts": list(contracts), "cut_off": cut_off})
        return [UnapprovedTime(*(*row, cut_off)) for row in cursor.fetchall()]


_WORK = """
  SELECT s.contract_id, 'infinity'::timestamptz AS known_at, coalesce(ar.code, er.code) AS role,
         w.code AS worker, coalesce(nullif(e.location, ''), rg.code) AS region, sl.code AS service_line,
         wt.code AS work_type, a.rate_override AS override, a.override_unit,
         CASE WHEN em.id IS NULL OR l.id IS NULL THEN 'unpriced' END AS gap,
         t.billable AND e.billable AND wt.billable AS billable,
         e.status, e.work_date, e.hours, wt.multiplier, l.hours_per_day, l.discount_percent
  FROM timesheets_timeentry e
  JOIN projects_project p ON p.id = e.project_id
  JOIN pricing_scope s ON s.contract_id = p.contract_id
  JOIN projects_task t ON t.id = e.task_id
  JOIN projects_worker w ON w.id = e.worker_id
  JOIN timesheets_worktype wt ON wt.id = e.work_type_id
  LEFT JOIN projects_employment em ON em.worker_id = e.worker_id AND em.valid @> e.work_date
  LEFT JOIN contracts_deliveryrole er ON er.id = em.role_id
  LEFT JOIN contracts_region rg ON rg.id = em.region_id
  LEFT JOIN projects_assignment a ON a.worker_id = e.worker_id AND a.project_id = e.project_id
        AND a.status IN ('confirmed', 'ended') AND a.valid @> e.work_date
  LEFT JOIN contracts_deliveryrole ar ON ar.id = a.role_id
  LEFT JOIN LATERAL (
    SELECT v.id FROM contracts_contractversion v
    WHERE v.contract_id = s.contract_id AND v.status IN ('approved', 'superseded')
      AND v.effective_from <= e.work_date ORDER BY v.number DESC LIMIT 1
  ) v ON true
  LEFT JOIN contracts_contractline l ON l.contract_version_id = v.id AND l.key = t.contract_line_key
  LEFT JOIN contracts_serviceline sl ON sl.id = l.service_line_id
  WHERE e.status IN ('draft', 'submitted') AND e.work_date <= %(cut_off)s
"""

_ANSWER = """
, priced AS (
  SELECT w.*, coalesce(w.override, CASE r.outcome WHEN 'priced' THEN r.amount END)
           * CASE WHEN w.override IS NULL AND r.replaces_multiplier THEN 1 ELSE w.multiplier END AS price,
         CASE WHEN w.override IS NULL THEN r.unit ELSE w.override_unit END AS unit
  FROM pricing_work w
  LEFT JOIN (SELECT DISTINCT worker FROM contracts_rate WHERE worker <> 'any') named
         ON named.worker = w.worker
  LEFT JOIN pricing_combination c ON c.contract_id = w.contract_id AND c.role = w.role
        AND c.worker = coalesce(named.worker, 'any') AND c.region = w.region
        AND c.service_line = w.service_line AND c.work_type = w.work_type
  LEFT JOIN pricing_rate r ON r.combination_id = c.id
        AND w.work_date >= r.starts_on AND w.work_date < r.ends_on
  WHERE w.billable
)
SELECT k.id, k.code, k.name, s.currency, count(*),
       coalesce(sum(p.hours) FILTER (WHERE p.status = 'submitted'), 0),
       coalesce(sum(p.hours) FILTER (WHERE p.status = 'draft'), 0),
       coalesce(sum(p.hours) FILTER (WHERE p.price IS NULL), 0),
       coalesce(sum(round(p.hours * p.price * (1 - p.discount_percent / 100)
         / CASE p.unit WHEN 'day' THEN p.hours_per_day ELSE 1 END, s.minor_unit)), 0) AS value
FROM priced p
JOIN pricing_scope s USING (contract_id)
JOIN contracts_contract k ON k.id = p.contract_id
GROUP BY k.id, k.code, k.name, s.currency
ORDER BY value DESC, k.code
"""
