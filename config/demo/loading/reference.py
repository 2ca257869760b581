"""Legal entities with their months and exchange rates, taxes, and the codes everything shares."""

from datetime import date
from itertools import groupby

from django.db.backends.postgresql.psycopg_any import DateRange

from billing.models import TaxCode, TaxRule
from config.demo.calendar import DemoCalendar, Month
from config.demo.firm import entities, exchange, spending, vocabulary
from config.demo.loading.entering import enter, enter_series
from contracts.models import DeliveryRole, ExpenseCategory, Region, ServiceLine
from core.models import AccountingPeriod, ExchangeRate, LegalEntity
from timesheets.models import WorkType

_SINCE = date(2020, 1, 1)


def load_reference(calendar: DemoCalendar) -> None:
    """Enter everything that agreements, work and billing refer to by code."""
    _load_entities(calendar)
    _load_codes()
    _load_taxes()
    _load_exchange_rates(calendar)


def _load_entities(calendar: DemoCalendar) -> None:
    months = [*calendar.billed_months, *(calendar.open_month.plus(ahead) for ahead in range(4))]
    for spec in entities.ENTITIES:
        (entity,) = enter(
            [
                LegalEntity(
                    code=spec.code,
                    name=spec.name,
                    country=spec.country,
                    base_currency_id=spec.currency,
                    time_zone=spec.time_zone,
                    tax_registration=spec.tax_registration,
                )
            ]
        )
        enter_series(_period(entity, month) for month in months)


def _period(entity: LegalEntity, month: Month) -> AccountingPeriod:
    return AccountingPeriod(legal_entity=entity, month=month.first)


def _load_codes() -> None:
    enter(DeliveryRole(code=code, name=name) for code, name in vocabulary.ROLES.items())
    enter(ServiceLine(code=code, name=name) for code, name in vocabulary.SERVICE_LINES.items())
    enter(Region(code=code, name=name) for code, name in vocabulary.REGIONS.items())
    enter(
        ExpenseCategory(
            code=kind.code,
            name=kind.name,
            currency_id="GBP",
            unit=kind.unit,
            unit_price=kind.unit_price,
            ceiling=kind.ceiling,
            ceiling_per=kind.ceiling_per,
            receipt_above=kind.receipt_above,
        )
        for kind in spending.KINDS
    )
    enter(
        WorkType(code=code, name=name, multiplier=multiplier, billable=billable)
        for code, (name, multiplier, billable) in vocabulary.WORK_TYPES.items()
    )


def _load_taxes() -> None:
    specs = entities.TAXES
    codes = enter(
        TaxCode(code=tax.code, name=tax.name, percent=tax.percent, legal_text=tax.legal_text) for tax in specs
    )
    by_code = {tax.code: tax for tax in codes}
    sellers = {entity.code: entity for entity in LegalEntity.objects.all()}
    enter(
        TaxRule(
            legal_entity=sellers[seller.code],
            buyer_country=rule.country,
            buyer_registration=rule.registration,
            tax_code=by_code[rule.code],
            valid=DateRange(_SINCE, None),
        )
        for seller in entities.ENTITIES
        for rule in seller.tax_rules
    )


def _load_exchange_rates(calendar: DemoCalendar) -> None:
    published = exchange.rates(calendar.agreed_from, calendar.today)
    for _, series in groupby(published, key=lambda rate: (rate.base, rate.quote)):
        enter_series(
            ExchangeRate(
                base_id=rate.base,
                quote_id=rate.quote,
                valid=DateRange(rate.published_on, rate.until),
                rate=rate.rate,
                source=exchange.SOURCE,
            )
            for rate in series
        )
