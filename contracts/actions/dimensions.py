"""Whom and what a price is for."""

import re
from dataclasses import asdict, dataclass

from contracts.models import ANY, DeliveryRole, Region, ServiceLine
from core.errors import Invalid

_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,29}$")
_LISTED: dict[str, type[DeliveryRole] | type[Region] | type[ServiceLine]] = {
    "role": DeliveryRole,
    "region": Region,
    "service_line": ServiceLine,
}


@dataclass(frozen=True)
class RateDimensions:
    """Whom and what a price is for, by code; 'any' matches everything."""

    role: str = ANY
    worker: str = ANY
    region: str = ANY
    service_line: str = ANY
    work_type: str = ANY

    def __str__(self) -> str:
        named = [value for value in asdict(self).values() if value != ANY]
        return ", ".join(named) or "everything"


class UnknownDimension(Invalid):
    """A role, region, service line, worker or work type code that cannot be."""

    code = "unknown_dimension"


def check_codes(dims: RateDimensions) -> None:
    """Refuse codes that no list holds; workers and work types are only checked for their form."""
    for name, code in asdict(dims).items():
        if not _CODE.match(code):
            raise UnknownDimension(f"{code or 'Nothing'} cannot be the code of a {_words(name)}.", field=name)
        listed = _LISTED.get(name)
        if listed and code != ANY and not listed.objects.filter(code=code).exists():
            raise UnknownDimension(f"There is no {_words(name)} {code}.", field=name)


def _words(name: str) -> str:
    return name.replace("_", " ")
