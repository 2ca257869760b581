"""Data for benchmarks, written set-based: contracts, people, rates and approved work."""

import uuid
from datetime import date

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone

from contracts.models import Rate

CONTRACTS = 20
WORKERS = 40
ROLES = ("junior", "senior", "lead", "principal")
REGIONS = ("GB", "DE", "FR")


def agreement_with_approved_work(size: int) -> list[uuid.UUID]:
    """Make a firm with `size` approved entries over half a year and return its contracts."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRM, {"contracts": CONTRACTS, "workers": WORKERS})
        cursor.execute(_WORK, {"size": size, "workers": WORKERS, "contracts": CONTRACTS})
        cursor.execute("ANALYZE")
        cursor.execute("SELECT id FROM contracts_contract")
        return [row[0] for row in cursor.fetchall()]


def change_rate() -> None:
    """Change every role's standard price from the first day on, as known from now on."""
    now = timezone.now()
    rates = list(Rate.objects.filter(known__endswith=None, region="any", work_type="any"))
    Rate.objects.filter(pk__in=[rate.pk for rate in rates]).update(
        known=DateTimeTZRange(min(rate.known.lower for rate in rates), now)
    )
    Rate.objects.bulk_create(
        Rate(
            card_id=rate.card_id,
            role=rate.role,
            amount=rate.amount + 7,
            valid=DateRange(rate.valid.lower, rate.valid.upper),
            known=DateTimeTZRange(now, None),
            set_by_id=rate.set_by_id,
        )
        for rate in rates
    )


FIRST = date(2026, 1, 1)

_FIRM = """
INSERT INTO core_user (id, username, password, first_name, last_name, email, is_superuser, is_staff,
  is_active, date_joined, is_service_account)
SELECT uuidv7(), 'bench' || n, '', '', '', '', false, false, true, now(), false FROM generate_series(1, 2) n;
INSERT INTO core_legalentity (id, code, name, country, base_currency_id, time_zone, tax_registration)
VALUES (uuidv7(), 'UK', 'Bench Ltd', 'GB', 'GBP', 'UTC', '');
INSERT INTO contracts_deliveryrole (id, code, name)
SELECT uuidv7(), r, r FROM unnest(ARRAY['junior', 'senior', 'lead', 'principal']) r;
INSERT INTO contracts_region (id, code, name) SELECT uuidv7(), r, r FROM unnest(ARRAY['GB', 'DE', 'FR']) r;
INSERT INTO contracts_serviceline (id, code, name) VALUES (uuidv7(), 'advisory', 'Advisory');
INSERT INTO timesheets_worktype (id, code, name, multiplier, billable) VALUES
  (uuidv7(), 'normal', 'Normal', 1, true), (uuidv7(), 'overtime', 'Overtime', 1.5, true);
INSERT INTO contracts_customer (id, code, name, status, currency_id, credit_hold)
SELECT uuidv7(), 'CU' || n, 'Customer ' || n, 'active', 'GBP', false FROM generate_series(1, %(contracts)s) n;
INSERT INTO contracts_billingaccount (id, code, customer_id, name, street, city, postal_code, country, region,
  tax_registration, email, payment_terms_days, purchase_order_required, presentation)
SELECT uuidv7(), c.code, c.id, c.name, '', '', '', 'GB', '', '', '', 30, false, 'role'
FROM contracts_customer c;
INSERT INTO contracts_contract (id, code, name, kind, customer_id, legal_entity_id, currency_id, owner_id,
  status, retroactivity)
SELECT uuidv7(), 'C-' || c.code, c.name, 'statement_of_work', c.id, e.id, 'GBP', u.id, 'active', 'delta'
FROM contracts_customer c, core_legalentity e, core_user u WHERE u.username = 'bench1';
INSERT INTO contracts_contractversion (id, contract_id, number, effective_from, status, reason,
  prepared_by_id, approved_by_id, approved_at, content_sha256)
SELECT uuidv7(), c.id, 1, '2026-01-01', 'approved', '', a.id, b.id, '2026-01-01', ''
FROM contracts_contract c, core_user a, core_user b WHERE a.username = 'bench1' AND b.username = 'bench2';
INSERT INTO contracts_contractline (id, contract_version_id, key, name, service_line_id, billing_method,
  increment, increment_rounding, hours_per_day, discount_percent, position)
SELECT uuidv7(), v.id, 'work', 'Work', s.id, 'time_and_materials', 0.25, 'up', 8,
  CASE WHEN row_number() OVER () %% 5 = 0 THEN 2.5 ELSE 0 END, 1
FROM contracts_contractversion v, contracts_serviceline s;
INSERT INTO contracts_payer (id, contract_version_id, billing_account_id, percent, takes_rounding,
  purchase_order)
SELECT uuidv7(), v.id, b.id, 100, true, '' FROM contracts_contractversion v
JOIN contracts_contract c ON c.id = v.contract_id
JOIN contracts_billingaccount b ON b.customer_id = c.customer_id;
INSERT INTO contracts_ratecard (id, code, name, scope, currency_id, unit)
VALUES (uuidv7(), 'STD', 'Standard', 'standard', 'GBP', 'hour');
INSERT INTO contracts_rate (id, card_id, role, worker, region, service_line, work_type, amount, valid, known,
  set_by_id, reason)
SELECT uuidv7(), k.id, r.role, 'any', g.region, 'any', t.work_type, 90 + 20 * length(r.role) + 7 * m.month,
  daterange(m.starts, (m.starts + interval '2 months')::date), tstzrange('2026-01-01', NULL), u.id, ''
FROM contracts_ratecard k, core_user u, unnest(ARRAY['junior', 'senior', 'lead', 'principal']) AS r(role),
  unnest(ARRAY['any', 'DE']) AS g(region), unnest(ARRAY['any', 'overtime']) AS t(work_type),
  (SELECT n AS month, ('2026-01-01'::date + make_interval(months => 2 * n))::date AS starts
   FROM generate_series(0, 3) n) m
WHERE u.username = 'bench1';
INSERT INTO projects_worker (id, code, name, email, kind)
SELECT uuidv7(), 'W' || n, 'Worker ' || n, '', 'employee' FROM generate_series(1, %(workers)s) n;
INSERT INTO projects_employment (id, worker_id, legal_entity_id, role_id, region_id, practice, cost_centre,
  capacity_hours, valid)
SELECT uuidv7(), w.id, e.id, r.id, g.id, '', '', 40, '[2026-01-01,)'
FROM (SELECT id, row_number() OVER (ORDER BY code) AS n FROM projects_worker) w
JOIN (SELECT id, row_number() OVER (ORDER BY code) AS n FROM contracts_deliveryrole) r ON r.n = w.n %% 4 + 1
JOIN (SELECT id, row_number() OVER (ORDER BY code) AS n FROM contracts_region) g ON g.n = w.n %% 3 + 1,
  core_legalentity e;
INSERT INTO projects_project (id, code, name, contract_id, legal_entity_id, manager_id, service_line_id,
  starts_on, status)
SELECT uuidv7(), 'P-' || c.code, c.name, c.id, c.legal_entity_id, w.id, s.id, '2026-01-01', 'active'
FROM contracts_contract c, contracts_serviceline s, projects_worker w WHERE w.code = 'W1';
INSERT INTO projects_task (id, project_id, code, name, contract_line_key, billable, status)
SELECT uuidv7(), p.id, 'T1', 'Build', 'work', true, 'open' FROM projects_project p;
INSERT INTO projects_assignment (id, worker_id, project_id, role_id, valid, allocation_percent,
  override_unit, status)
SELECT uuidv7(), w.id, p.id, m.role_id, '[2026-01-01,)', 100, 'hour', 'confirmed'
FROM projects_worker w JOIN projects_employment m ON m.worker_id = w.id, projects_project p;
"""

_WORK = """
INSERT INTO timesheets_timesheet (id, worker_id, week)
SELECT uuidv7(), w.id, d::date
FROM projects_worker w, generate_series('2025-12-29'::date, '2026-07-06', '7 days') d;
WITH work AS (
  SELECT uuidv7() AS id, n, 'W' || (n %% %(workers)s + 1) AS worker,
         n / %(workers)s %% %(contracts)s AS contract,
         ('2026-01-01'::date + (n / (%(workers)s * greatest(1, %(size)s / %(workers)s / 180)) %% 180)) AS day
  FROM generate_series(0, %(size)s - 1) n
)
INSERT INTO timesheets_timeentry (id, timesheet_id, worker_id, project_id, task_id, work_date, hours,
  work_type_id, location, note, billable, status, kind, root_id, source_system, source_key, submitted_by_id,
  submitted_at, approved_by_id, approved_at, rejection_reason)
SELECT k.id, s.id, w.id, p.id, t.id, k.day, 0.25 + k.n %% 31 * 0.25, y.id, '', '', true, 'approved',
  'work', k.id,  'bench', k.n::text, a.id, now(), b.id, now(), ''
FROM work k
JOIN projects_worker w ON w.code = k.worker
JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM projects_project) p ON p.n = k.contract
JOIN projects_task t ON t.project_id = p.id
JOIN timesheets_worktype y ON y.code = CASE WHEN k.n %% 11 = 0 THEN 'overtime' ELSE 'normal' END
JOIN timesheets_timesheet s ON s.worker_id = w.id AND s.week = date_trunc('week', k.day)::date,
  core_user a, core_user b WHERE a.username = 'bench1' AND b.username = 'bench2';
"""
