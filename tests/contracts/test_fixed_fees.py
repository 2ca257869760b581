"""Fixed fees: milestones and instalments as terms, their sums, and how an amendment names them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from contracts.actions.fixed_fees import (
    AmountsUnclear,
    DuplicateTerm,
    InstalmentTerms,
    MilestoneTerms,
)
from contracts.actions.readiness import NotReady, shortcomings
from contracts.actions.terms import LineTerms, content_sha256, lines_of
from contracts.actions.versions import draft_version, edit_version, submit_version
from contracts.models import ContractVersion, InstalmentTerm, MilestoneTerm
from contracts.queries.comparison import changes_between, with_terms
from core.errors import Invalid
from core.models import User
from tests.contracts.builders import WORK, active, drafted, preparer, price_list
from tests.contracts.test_pages import terms
from tests.personas import api_client, page_client

pytestmark = pytest.mark.django_db

D = Decimal
DESIGN = MilestoneTerms("design", "Design", D("40000"), date(2026, 3, 31), D(100), 10)
BUILD = MilestoneTerms("build", "Build", D("60000"))
FEE = LineTerms(
    "fee",
    "Platform",
    "advisory",
    "milestones",
    amount=D("100000"),
    milestones=(DESIGN, BUILD),
)
RENT = LineTerms(
    "rent",
    "Licence",
    "advisory",
    "instalments",
    amount=D("9000"),
    instalments=tuple(InstalmentTerms(f"i{n}", date(2026, n, 1), D("3000")) for n in (1, 2, 3)),
)


def write(version: ContractVersion, *lines: LineTerms) -> None:
    edit_version(version.pk, lines=lines, actor=preparer())


def test_milestones_and_instalments_are_kept_as_written_and_copied_by_an_amendment() -> None:
    contract = active(lines=[WORK, FEE, RENT])
    version = contract.versions.get()
    assert lines_of(version) == [WORK, FEE, RENT]
    copy = draft_version(contract.pk, effective_from=date(2026, 6, 1), actor=preparer())
    assert lines_of(copy) == [WORK, FEE, RENT]
    assert MilestoneTerm.objects.count() == 4
    assert InstalmentTerm.objects.count() == 6


def test_rows_whose_key_stays_are_kept_and_the_others_go() -> None:
    version = drafted(lines=[FEE])
    row = MilestoneTerm.objects.get(key="build")
    write(version, replace(FEE, milestones=(replace(BUILD, amount=D("100000")),)))
    kept = MilestoneTerm.objects.get()
    assert (kept.pk, kept.amount) == (row.pk, D("100000"))


def test_milestones_without_amounts_are_equal_parts_and_the_last_takes_the_remainder() -> None:
    parts = tuple(MilestoneTerms(f"m{n}", f"Part {n}") for n in (1, 2, 3))
    version = drafted(lines=[replace(FEE, milestones=parts)])
    amounts = [term.amount for term in lines_of(version)[0].milestones]
    assert amounts == [D("33333.33"), D("33333.33"), D("33333.34")]
    assert shortcomings_of(version) == []


def shortcomings_of(version: ContractVersion) -> list[str]:
    return [one.sentence for one in shortcomings(version) if one.field == "lines"]


@pytest.mark.parametrize(
    ("line", "error", "sentence"),
    [
        (
            replace(FEE, milestones=(DESIGN, replace(BUILD, amount=None))),
            AmountsUnclear,
            "Give the amount of every milestone of Platform, or of none: then they are equal parts.",
        ),
        (
            replace(FEE, amount=None, milestones=(replace(BUILD, amount=None),)),
            AmountsUnclear,
            "Give the fee of Platform: its milestones without amounts are equal parts of it.",
        ),
        (
            replace(FEE, milestones=(BUILD, BUILD)),
            DuplicateTerm,
            "The milestone key of Platform build is given twice.",
        ),
        (
            replace(FEE, milestones=(replace(BUILD, amount=D("0.001")),)),
            Invalid,
            "Build: 0.001 has more decimals than GBP.",
        ),
        (
            replace(FEE, milestones=(replace(BUILD, amount=D(-1)),)),
            Invalid,
            "Build has an amount below zero.",
        ),
        (
            replace(RENT, instalments=(RENT.instalments[0], RENT.instalments[0])),
            DuplicateTerm,
            "The instalment key of Licence i1 is given twice.",
        ),
    ],
)
def test_parts_that_cannot_be_are_refused_and_nothing_changes(
    line: LineTerms, error: type[Invalid], sentence: str
) -> None:
    version = drafted(lines=[FEE, RENT])
    before = content_sha256(version)
    with pytest.raises(error) as refusal:
        write(version, line)
    assert (refusal.value.sentence, content_sha256(version)) == (sentence, before)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            replace(FEE, amount=D("90000")),
            ["The milestones of Platform sum to £100,000.00, and its fee is £90,000.00."],
        ),
        (
            replace(FEE, amount=None),
            ["Platform has milestones but no fee they sum to."],
        ),
        (
            replace(FEE, milestones=()),
            ["Platform is billed by milestones and has none."],
        ),
        (
            replace(RENT, amount=D(1)),
            ["The instalments of Licence sum to £9,000.00, and its fee is £1.00."],
        ),
        (
            replace(FEE, billing_method="instalments"),
            [
                "Platform has milestones but is not billed by them: remove them or change its method.",
                "Platform is billed by instalments and has none.",
            ],
        ),
    ],
)
def test_a_fee_that_is_not_the_sum_of_its_parts_is_not_submitted(line: LineTerms, found: list[str]) -> None:
    version = drafted(lines=[line])
    assert shortcomings_of(version) == found
    with pytest.raises(NotReady):
        submit_version(version.pk, actor=preparer())
    version.refresh_from_db()
    assert version.status == "draft"


def test_a_fixed_fee_needs_no_price_on_a_card() -> None:
    assert shortcomings_of(drafted(lines=[FEE])) == []
    assert shortcomings_of(drafted(lines=[WORK])) == [
        "No rate card in GBP has a price for Advisory in the time of these terms."
    ]


def test_the_seal_covers_milestones_and_instalments() -> None:
    version = drafted(lines=[FEE, RENT])
    seals = {content_sha256(version)}
    MilestoneTerm.objects.filter(key="build").update(required_percent=80)
    seals.add(content_sha256(version))
    InstalmentTerm.objects.filter(key="i2").update(due_on=date(2026, 2, 2))
    seals.add(content_sha256(version))
    assert len(seals) == 3


def test_the_comparison_of_versions_names_what_changed() -> None:
    price_list()
    contract = active(lines=[FEE, RENT])
    later = replace(
        FEE,
        amount=D("120000"),
        milestones=(DESIGN, replace(BUILD, amount=D("80000"), due_on=date(2026, 5, 1))),
    )
    draft_version(
        contract.pk,
        effective_from=date(2026, 6, 1),
        lines=[later, replace(RENT, instalments=RENT.instalments[:2])],
        actor=preparer(),
    )
    before, after = with_terms(contract.versions.order_by("number"))
    assert [(one.subject, one.before, one.after) for one in changes_between(before, after)] == [
        ("Platform (fee): fee", "100,000", "120,000"),
        (
            "Platform, milestone build",
            "Build: 60,000, from 100 % of progress",
            "Build: 80,000, due 1 May 2026, from 100 % of progress",
        ),
        ("Licence, instalment i3", "3,000, due 1 Mar 2026", ""),
    ]


def test_parts_are_written_and_read_over_the_api(finance: User) -> None:
    version = drafted()
    client = api_client(finance)
    address = f"/api/v1/contract-versions/{version.pk}"
    line: dict[str, Any] = {
        "key": "fee",
        "name": "Platform",
        "service_line": "advisory",
        "billing_method": "milestones",
        "amount": "100.00",
        "milestones": [{"key": f"m{n}", "name": f"Part {n}"} for n in (1, 2, 3)],
    }
    tag = client.get(address).headers["ETag"]
    answer = client.patch(address, {"lines": [line]}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.json()
    told = answer.json()["lines"][0]
    assert (told["amount"], told["instalments"]) == ("100.0000", [])
    assert [(part["key"], part["amount"], part["due_on"]) for part in told["milestones"]] == [
        ("m1", "33.3300", None),
        ("m2", "33.3300", None),
        ("m3", "33.3400", None),
    ]


def test_parts_are_written_by_the_form_and_a_part_of_no_line_is_shown(
    finance: User,
) -> None:
    version = drafted(lines=[replace(FEE, milestones=(BUILD, DESIGN)), RENT])
    client, address = (
        page_client(finance),
        reverse("contract_version_edit", args=[version.contract.code, 1]),
    )
    read = terms(client, address)
    stray = client.post(address, {**read, "milestones-0-line": "nothing"})
    assert (
        stray.status_code,
        "No line above has this key." in stray.content.decode(),
    ) == (422, True)
    saved = {**read, "milestones-0-amount": "70000", "instalments-2-DELETE": "on"}
    assert client.post(address, saved).status_code == 302
    fee, rent = lines_of(version)
    assert [term.amount for term in fee.milestones] == [D("70000"), D("40000")]
    assert [term.key for term in rent.instalments] == ["i1", "i2"]
    html = client.get(reverse("contract_version", args=[version.contract.code, 1])).content.decode()
    assert "£70,000.00" in html
    assert "Accepted after 10 days" in html
    assert "sum to £110,000.00, and its fee is £100,000.00." in html
