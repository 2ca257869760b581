"""Companies, periods and the change feed: what an integration may read."""

from starlette.routing import Route

from integrations.sandbox_erp.server.changes import changes_since
from integrations.sandbox_erp.server.companies import (
    all_companies,
    company_as_json,
    known_company,
    periods_of,
    tax_codes_of,
)
from integrations.sandbox_erp.server.endpoints import Answer, Call, reads


def list_companies(call: Call) -> Answer:
    companies = [
        company_as_json(company, tax_codes_of(call.connection, company.code))
        for company in all_companies(call.connection)
    ]
    return Answer({"companies": companies})


def get_company(call: Call) -> Answer:
    company = known_company(call.connection, call.path["code"], status=404)
    return Answer(company_as_json(company, tax_codes_of(call.connection, company.code)))


def list_periods(call: Call) -> Answer:
    """List the months somebody opened or closed; any other month is open."""
    company = known_company(call.connection, call.path["code"], status=404)
    return Answer({"company": company.code, "periods": periods_of(call.connection, company.code)})


def list_changes(call: Call) -> Answer:
    limit = call.whole("limit", 200, most=1000)
    since = call.whole("since", 0)
    changes = changes_since(call.connection, since, limit)
    cursor = changes[-1]["cursor"] if changes else since
    return Answer({"changes": changes, "next_cursor": cursor, "more": len(changes) == limit})


ROUTES = [
    Route("/api/companies", reads(list_companies)),
    Route("/api/companies/{code}", reads(get_company)),
    Route("/api/companies/{code}/periods", reads(list_periods)),
    Route("/api/changes", reads(list_changes)),
]
