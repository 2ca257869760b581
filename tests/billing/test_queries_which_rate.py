"""The tester of rates answers as the engine prices."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Charge
from billing.queries.which_rate import Question, which_rate
from core.actors import Actor
from core.verbs import reading
from tests import factories
from tests.billing.builders import Agreement, person

pytestmark = pytest.mark.django_db

D = Decimal


def ask(agreement: Agreement, on: date, **said: object) -> tuple[str, Decimal | None, str]:
    answer = which_rate(Question(agreement.contract, on, **said))  # type: ignore[arg-type]
    return answer.outcome, answer.price, answer.unit


def test_answers_are_the_prices_of_the_engine() -> None:
    overtime = factories.WorkTypeFactory.create(code="overtime", name="Overtime", multiplier=D("1.5"))
    agreement = Agreement()
    agreement.rate("180", date(2026, 1, 1), date(2026, 3, 15))
    agreement.rate("190", date(2026, 3, 15))
    agreement.rate("205", date(2026, 3, 1), region="DE")
    agreement.rate("240", date(2026, 4, 1), work_type="overtime")
    agreement.rate("300", date(2026, 5, 1), worker=agreement.worker.code, role="any")
    german = agreement.hire("senior", region="DE")
    normal = factories.WorkTypeFactory.create()
    days = [date(2026, 2, 10), date(2026, 3, 14), date(2026, 3, 15), date(2026, 4, 1), date(2026, 5, 4)]
    for worker in (agreement.worker, german):
        for on in days:
            for work_type in (normal, overtime):
                agreement.works("1", on, worker=worker, work_type=work_type)
    agreement.price()
    priced = [
        (charge.worker_id, charge.service_on, charge.unit_price)
        for charge in Charge.objects.filter(contract=agreement.contract)
    ]
    answered = [
        (
            worker.pk,
            on,
            which_rate(Question(agreement.contract, on, worker=worker, work_type=work_type)).price,
        )
        for worker in (agreement.worker, german)
        for on in days
        for work_type in (normal, overtime)
    ]
    assert sorted(priced) == sorted(answered)


def test_the_answer_names_every_row_and_why_it_does_not_decide() -> None:
    agreement = Agreement()
    agreement.rate("190", date(2026, 3, 15))
    agreement.rate("205", date(2026, 3, 15), region="GB")
    standard = factories.RateCardFactory.create(code="STANDARD")
    agreement.rate("150", card=standard)
    foreign = factories.RateCardFactory.create(code="STANDARD-EUR", currency_id="EUR")
    agreement.rate("170", card=foreign, region="GB")
    answer = which_rate(Question(agreement.contract, date(2026, 4, 1), worker=agreement.worker))
    code = agreement.card.code
    assert answer.sentence == (
        f"205.00 per hour: the contract's card {code} has a row for region".replace("region", "GB, senior")
        + " from 15 Mar 2026, and no row that matches is more specific."
    )
    assert [(one.rate.amount, one.place, one.specificity, one.why) for one in answer.candidates] == [
        (D("205"), "the contract's card", 6, "decides"),
        (D("190"), "the contract's card", 4, "a more specific row decides"),
        (D("150"), "the standard card", 4, "not asked: the contract's card has a matching row"),
        (D("170"), "the standard card", 6, "not asked: the contract's card has a matching row"),
    ]


def test_an_agreed_price_goes_before_every_card() -> None:
    agreement = Agreement()
    agreement.rate("190")
    agreement.project.assignments.update(rate_override=D("175"))
    assert ask(agreement, date(2026, 4, 1), worker=agreement.worker) == ("priced", D("175"), "hour")
    assert ask(agreement, date(2026, 4, 1), role="senior") == ("priced", D("190"), "hour")


def test_what_has_no_price_says_why() -> None:
    agreement = Agreement()
    agreement.rate("190", date(2026, 3, 15))
    foreign = factories.RateCardFactory.create(
        scope="contract", contract=agreement.contract, currency_id="EUR"
    )
    agreement.rate("99", card=foreign, role="junior")
    twin = factories.RateCardFactory.create(scope="contract", contract=agreement.contract)
    agreement.rate("195", date(2026, 6, 1), card=twin)
    assert ask(agreement, date(2026, 3, 1), role="senior") == ("rate_missing", None, "")
    assert ask(agreement, date(2026, 4, 1), role="junior") == ("rate_currency", None, "")
    assert ask(agreement, date(2026, 6, 1), role="senior") == ("rate_ambiguous", None, "")
    assert ask(agreement, date(2025, 6, 1), role="senior") == ("contract_incomplete", None, "")
    stranger = factories.WorkerFactory.create()
    assert ask(agreement, date(2026, 4, 1), worker=stranger) == ("worker_inactive", None, "")


@pytest.mark.django_db(transaction=True)
def test_it_may_be_asked_in_a_read_only_request() -> None:
    agreement = Agreement()
    agreement.rate("190")
    with reading(Actor.of(person("finance"))):
        assert ask(agreement, date(2026, 4, 1), role="senior") == ("priced", D("190"), "hour")
