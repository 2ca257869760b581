"""Ask the engine's own rate rules without working tables, so that a read-only request may do it.

The statements of billing/pricing/rates.sql become parts of one query: what they insert into a working
table is here a common table expression of that name. A test holds both against each other.
"""

import re
from functools import cache
from pathlib import Path

from billing import pricing

_COLUMNS = {
    "pricing_combination": "id, contract_id, known_at, role, worker, region, service_line, work_type",
    "pricing_rate": "combination_id, starts_on, ends_on, rate_id, amount, unit, replaces_multiplier, outcome",
}

_SCOPE = """pricing_scope AS (
  SELECT k.id AS contract_id, k.customer_id, k.legal_entity_id, k.currency_id AS currency, c.minor_unit
  FROM contracts_contract k JOIN core_currency c ON c.code = k.currency_id
  WHERE k.id = ANY(%(contracts)s)
)"""


def over_engine_rates(work: str, answer: str) -> str:
    """Return one query: the engine's rates for the rows of `work`, read by `answer`.

    `work` gives at least the columns of pricing_work that rates.sql reads, for the contracts in the
    parameter `contracts`. `answer` may read pricing_work, pricing_combination, pricing_rate and ranked.
    """
    return f"WITH {_SCOPE},\npricing_work AS (\n{work}\n),\n{_rules()}\n{answer}"


@cache
def _rules() -> str:
    text = re.sub(r"--[^\n]*", "", (Path(pricing.__file__).parent / "rates.sql").read_text())
    filling = [part.strip() for part in text.split(";") if part.strip().startswith("INSERT")]
    combination, rate = filling
    parts, separator, last = _body(rate, "pricing_rate").rpartition("\nSELECT DISTINCT ON")
    if not separator or not parts.startswith("WITH "):
        raise ValueError("rates.sql is not built as it was: billing/queries/engine_rates.py reads it.")
    return ",\n".join(
        (
            _named("pricing_combination", _body(combination, "pricing_combination")),
            parts.removeprefix("WITH "),
            _named("pricing_rate", separator + last),
        )
    )


def _body(statement: str, table: str) -> str:
    start = f"INSERT INTO {table}\n"
    if not statement.startswith(start):
        raise ValueError(f"rates.sql does not fill {table} where billing/queries/engine_rates.py expects it.")
    return statement.removeprefix(start)


def _named(table: str, body: str) -> str:
    return f"{table} ({_COLUMNS[table]}) AS (\n{body}\n)"
