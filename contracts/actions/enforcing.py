"""Steps that lock versions and put their terms in force; `contracts.actions.versions` has the verbs."""

import uuid

from django.utils import timezone

from contracts.events import (
    ContractActivated,
    ContractAmended,
    VersionApproved,
    VersionSuperseded,
)
from contracts.models import Contract, ContractVersion
from contracts.states import CONTRACT, ContractStatus, VersionStatus
from core.errors import NotFound
from core.events import Happening, record, record_all
from core.models import User
from core.rows import locked, save_changes


def locked_version(
    version_id: uuid.UUID, expected_version: int | None = None
) -> tuple[Contract, ContractVersion]:
    """Lock the contract first, then the version: the order every verb keeps."""
    contract_id = ContractVersion.objects.filter(pk=version_id).values_list("contract_id", flat=True).first()
    if contract_id is None:
        raise NotFound("This contract version does not exist.")
    contract = locked(Contract, contract_id)
    version = locked(ContractVersion, version_id, expected_version=expected_version)
    version.contract = contract
    return contract, version


def overridden_by(version: ContractVersion) -> list[ContractVersion]:
    """Return the approved versions that lose days to this one, in order."""
    earlier = version.contract.versions.filter(status=VersionStatus.APPROVED, number__lt=version.number)
    ordered = list(earlier.order_by("number"))
    # A version has lost everything from the begin of the next one on, so it loses days only before that.
    return [
        other
        for place, other in enumerate(ordered)
        if all(
            later.effective_from > max(other.effective_from, version.effective_from)
            for later in ordered[place + 1 :]
        )
    ]


def supersede(version: ContractVersion, hidden: list[ContractVersion]) -> None:
    """Note that earlier versions are in force on no day any more."""
    contract = version.contract
    ContractVersion.objects.filter(pk__in=[other.pk for other in hidden]).update(
        status=VersionStatus.SUPERSEDED
    )
    record_all(
        Happening(
            "contracts.contractversion",
            other.pk,
            VersionSuperseded(contract.pk, contract.code, other.number, other.effective_from, version.number),
            contract.legal_entity_id,
            version.effective_from,
        )
        for other in hidden
    )


def put_in_force(version: ContractVersion, approver: User, overridden: list[ContractVersion]) -> None:
    """Approve the version, naming the earlier ones that lose days to it."""
    contract = version.contract
    save_changes(
        version,
        {"status": VersionStatus.APPROVED, "approved_by_id": approver.pk, "approved_at": timezone.now()},
    )
    record_version(
        version,
        VersionApproved(
            contract.pk,
            contract.code,
            version.number,
            version.effective_from,
            [other.number for other in overridden],
            version.content_sha256,
            version.prepared_by_id,
        ),
    )


def activate_or_amend(contract: Contract, version: ContractVersion) -> None:
    """Let the first approved version activate the contract; a later one amends it."""
    first = contract.status == ContractStatus.IN_REVIEW
    if first:
        CONTRACT.check(contract.status, ContractStatus.ACTIVE, label=contract.code)
        save_changes(contract, {"status": ContractStatus.ACTIVE})
    happened = ContractActivated if first else ContractAmended
    record(
        contract,
        happened(contract.code, version.pk, version.number, version.effective_from, contract.retroactivity),
        legal_entity_id=contract.legal_entity_id,
        effective_on=version.effective_from,
    )


def record_version(version: ContractVersion, payload: object) -> None:
    """Record an event of a version, effective from its first day."""
    record(
        version,
        payload,
        legal_entity_id=version.contract.legal_entity_id,
        effective_on=version.effective_from,
    )


def label_of(version: ContractVersion) -> str:
    """Return the version as sentences name it."""
    return f"Version {version.number} of {version.contract.code}"
