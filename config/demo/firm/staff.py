"""Forty workers: two have accounts, the others get their names by the seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from config.demo.firm.entities import BY_CODE, EntitySpec
from config.demo.firm.people import BY_ROLE, PersonSpec
from core.models import Role

SEED = "Ardley"
_TEAMS = {
    "UK": "lead lead architect senior*4 consultant*6 analyst*2 data-engineer",
    "US": "lead*2 architect senior*4 consultant*4 analyst*2 data-engineer",
    "DE": "lead architect senior*3 consultant*3 analyst data-engineer",
}
_NEARSHORE = frozenset({"UK07", "UK12", "UK13", "DE05", "DE08"})
_SUBCONTRACTORS = frozenset({"UK13", "US11"})
_ACCOUNTS = {"UK01": BY_ROLE[Role.PROJECT_MANAGER], "UK08": BY_ROLE[Role.CONSULTANT]}
_HOURLY_COST = {
    "analyst": 38,
    "consultant": 46,
    "senior": 58,
    "lead": 72,
    "architect": 80,
    "data-engineer": 55,
}
# Months before the present billing month in which somebody joined or was promoted.
JOINED = {"US09": 4, "DE06": 5}
PROMOTED = {"DE07": (2, "senior"), "UK10": (3, "senior")}


@dataclass(frozen=True)
class WorkerSpec:
    """Somebody who delivers work. `cost` is one hour in the employing company's currency."""

    code: str
    name: str
    entity: EntitySpec
    role: str
    region: str
    cost: Decimal
    account: PersonSpec | None = None

    @property
    def subcontracted(self) -> bool:
        """Say whether the person is no employee."""
        return self.code in _SUBCONTRACTORS


def workers() -> list[WorkerSpec]:
    """Return all workers, company by company; the same at every call."""
    names = _names(Random(SEED))
    return [
        _worker(f"{entity}{place:02}", role, names) for entity in _TEAMS for place, role in _places(entity)
    ]


def _places(entity: str) -> Iterator[tuple[int, str]]:
    roles = [
        role
        for word in _TEAMS[entity].split()
        for role, _, count in [word.partition("*")]
        for _ in range(int(count or 1))
    ]
    yield from enumerate(roles, start=1)


def _worker(code: str, role: str, names: Iterator[str]) -> WorkerSpec:
    entity, account = BY_CODE[code[:2]], _ACCOUNTS.get(code)
    near = code in _NEARSHORE
    return WorkerSpec(
        code=code,
        name=account.name if account else next(names),
        entity=entity,
        role=role,
        region="PL" if near else entity.region,
        cost=Decimal(_HOURLY_COST[role]) * (Decimal("0.6") if near else 1),
        account=account,
    )


def _names(random: Random) -> Iterator[str]:
    first, last = _FIRST.split(), _LAST.split()
    random.shuffle(first)
    random.shuffle(last)
    yield from map(" ".join, zip(first, last, strict=True))


_FIRST = (
    "Adrian Alba Amira Anton Beatrix Bruno Carmen Cedric Dana Dimitri Edith Elif Emil Farah Felix Greta Hana"
    " Hugo Ines Ivo Jana Joel Kaya Kofi Lena Luca Magda Marek Nadia Noel Olga Pablo Petra Quentin Rosa Samir"
    " Tilda Viktor Wanda Yara"
)
_LAST = (
    "Abara Albrecht Bellamy Brandsma Calloway Castellan Drummond Dvorak Ekberg Farrow Fennimore Galloway"
    " Grotjahn Halloran Hartwig Ibarra Jessop Kowalczyk Kruse Lambourne Leclerc Mbeki Merrick Novak Oakes"
    " Osei Pemberton Quist Radley Rossi Saito Stanhope Tarrant Thiessen Underhill Vasquez Wexford Wieczorek"
    " Yilmaz Zeller"
)
