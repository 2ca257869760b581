"""What may be done with agreements now, and by whom: predicates that refuse with a sentence."""

import re
import uuid

import stdnum
from babel import Locale
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as InvalidNumber

from contracts.models import Contract, ContractVersion, RateCard
from contracts.states import ContractStatus, VersionStatus
from core.actors import Actor
from core.errors import Forbidden, Invalid, Refusal
from core.models import Event, User
from core.states import words

NEVER_ACTIVE = (ContractStatus.DRAFT, ContractStatus.IN_REVIEW, ContractStatus.CANCELLED)
OPEN_TO_TERMS = (
    ContractStatus.DRAFT,
    ContractStatus.IN_REVIEW,
    ContractStatus.ACTIVE,
    ContractStatus.ON_HOLD,
)
PREPARING = ("contract_version.drafted", "contract_version.changed", "contract_version.submitted")
_COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code))


class PersonRequired(Forbidden):
    """Somebody has to answer for this by name; a part of the system cannot."""

    code = "person_required"


class SamePerson(Forbidden):
    """Whoever prepared something may not approve it."""

    code = "separation_of_duties"


class NotADraft(Refusal):
    """Terms change only in a draft."""

    code = "not_a_draft"


class ContractEnded(Refusal):
    """A contract that ended takes no new terms."""

    code = "contract_ended"


class FrozenFact(Refusal):
    """Customer, legal entity and currency are fixed once a contract was activated."""

    code = "frozen_at_activation"


class TaxRegistrationInvalid(Invalid):
    """The number does not have the form, or fails the check digit, of its country."""

    code = "tax_registration_invalid"


def person(actor: Actor) -> User:
    """Return the person who acts; refuse the system where a name must stand in the record."""
    if actor.user is None:
        raise PersonRequired("This needs a person who answers for it.")
    return actor.user


def check_draft(version: ContractVersion, contract: Contract) -> None:
    """Refuse to change terms that were already put forward."""
    if version.status != VersionStatus.DRAFT:
        raise NotADraft(
            f"Version {version.number} of {contract.code} is {words(version.status)}:"
            " only a draft can be changed. Draft a new version instead.",
            field="status",
        )


def check_takes_terms(contract: Contract) -> None:
    """Refuse new terms for a contract that is over."""
    if contract.status not in OPEN_TO_TERMS:
        raise ContractEnded(
            f"{contract.code} is {words(contract.status)} and takes no new terms.", field="status"
        )


def check_not_frozen(contract: Contract, fields: list[str]) -> None:
    """Refuse to change the parties or the currency of a contract that was ever active."""
    if fields and contract.status not in NEVER_ACTIVE:
        names = " and ".join(name.removesuffix("_id").replace("_", " ") for name in fields)
        raise FrozenFact(
            f"The {names} of {contract.code} froze when it was activated: make a successor contract.",
            field=fields[0].removesuffix("_id"),
        )


def check_second_person(version: ContractVersion, approver: User) -> None:
    """Refuse approval by anyone who drafted, changed or submitted the version."""
    if version.prepared_by_id == approver.pk or _had_a_hand_in(version, approver):
        raise SamePerson("You prepared this version: somebody else has to approve it.")


def _had_a_hand_in(version: ContractVersion, user: User) -> bool:
    return Event.objects.filter(
        aggregate_type="contracts.contractversion",
        aggregate_id=version.pk,
        type__in=PREPARING,
        actor=Actor.of(user).text,
    ).exists()


def check_country(country: str) -> None:
    """Refuse what is no ISO 3166 country code in capitals."""
    if country not in _COUNTRIES:
        raise Invalid(
            f"{country or 'Nothing'} is no country code: use two capitals such as GB.", field="country"
        )


def check_tax_registration(number: str, country: str) -> None:
    """Refuse a registration that is not of the country's type; countries without a known type take any."""
    kind = stdnum.get_cc_module(country.lower(), "vat") if number else None
    if kind is None:
        return
    try:
        kind.validate(number)
    except InvalidChecksum as error:
        raise TaxRegistrationInvalid(
            f"{number} is no valid {country} tax registration: its check digit is wrong.",
            field="tax_registration",
        ) from error
    except InvalidNumber as error:
        raise TaxRegistrationInvalid(
            f"{number} does not have the form of a {country} tax registration.", field="tax_registration"
        ) from error


def entity_of(card: RateCard) -> uuid.UUID | None:
    """Return the legal entity whose people keep the card's prices; None where it holds for several."""
    return card.contract.legal_entity_id if card.contract else card.legal_entity_id
