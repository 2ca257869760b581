"""Secrets are sealed, bound to their place, and never told; mappings hold only when their samples pass."""

import pytest
from django.conf import LazySettings
from django.utils import timezone

from core.actors import Actor
from core.errors import Forbidden, Invalid
from core.models import Event, User
from integrations.actions.credentials import WeakSecret, store_credential
from integrations.actions.mappings import SampleFails, activate_mapping
from integrations.models import Credential, MappingVersion
from integrations.queries.credentials import live_secrets
from integrations.vault import NoKey, NotGenuine, Sealed, seal, unseal
from tests.integrations.inbox.world import OPERATOR, RULES, SAMPLE, crm_system
from tests.integrations.sandbox_crm.building import SECRET

pytestmark = pytest.mark.django_db


def test_a_sealed_secret_opens_only_in_its_place_and_unchanged() -> None:
    sealed = seal("a secret", context="here")
    assert unseal(sealed, context="here") == "a secret" and b"a secret" not in sealed.box
    assert seal("a secret", context="here").box != sealed.box
    changed = Sealed(sealed.key_id, sealed.box[:-1] + bytes([sealed.box[-1] ^ 1]))
    for stranger, context in ((sealed, "elsewhere"), (changed, "here")):
        with pytest.raises(NotGenuine):
            unseal(stranger, context=context)


def test_keys_rotate_and_a_key_that_is_gone_is_named(settings: LazySettings) -> None:
    settings.CREDENTIAL_KEYS = {"old": b"o" * 32}
    sealed = seal("a secret", context="here")
    settings.CREDENTIAL_KEYS = {"new": b"n" * 32, "old": b"o" * 32}
    assert unseal(sealed, context="here") == "a secret" and seal("x", context="y").key_id == "new"
    settings.CREDENTIAL_KEYS = {"new": b"n" * 32}
    with pytest.raises(NoKey, match="old"):
        unseal(sealed, context="here")
    settings.CREDENTIAL_KEYS = {}
    with pytest.raises(NoKey):
        seal("x", context="y")


def test_a_stored_secret_is_usable_and_told_nowhere() -> None:
    system = crm_system()
    row = Credential.objects.get()
    assert live_secrets(system, "webhook_secret") == [SECRET]
    assert SECRET.encode() not in bytes(row.box)
    assert not [event for event in Event.objects.all() if SECRET in str(event.payload)]


@pytest.mark.parametrize(
    ("purpose", "secret", "error"),
    [
        ("webhook_secret", "short", WeakSecret),
        ("webhook_secret", "whsec_!!! no base64 !!!", WeakSecret),
        ("something", "a secret that is long", Invalid),
    ],
)
def test_bad_secrets_are_refused(purpose: str, secret: str, error: type[Exception]) -> None:
    system = crm_system()
    with pytest.raises(error):
        store_credential(
            system.pk, purpose=purpose, secret=secret, others_until=timezone.now(), actor=OPERATOR
        )
    assert Credential.objects.count() == 1


def test_only_integration_support_enters_secrets(finance: User) -> None:
    system = crm_system()
    with pytest.raises(Forbidden):
        store_credential(
            system.pk,
            purpose="api_token",
            secret="a secret that is long",
            others_until=timezone.now(),
            actor=Actor.of(finance),
        )
    assert Credential.objects.count() == 1


def test_a_mapping_replaces_the_one_before_when_its_samples_pass(data_steward: User) -> None:
    system = crm_system()
    draft = MappingVersion.objects.create(system=system, number=2, rules=RULES, samples=[SAMPLE])
    activate_mapping(draft.pk, now=timezone.now(), actor=Actor.of(data_steward))
    states = dict(MappingVersion.objects.values_list("number", "state"))
    assert states == {1: "retired", 2: "active"}


@pytest.mark.parametrize(
    ("rules", "samples", "sentence"),
    [
        (RULES, [], "at least one sample"),
        ({**RULES, "family": {}}, [SAMPLE], "Sample 1: lines.p1.service_line is nothing, expected advisory"),
        (RULES, [{"given": {"products": 1}, "expected": {}}], "Sample 1 cannot be read"),
        (RULES, ["x"], "Sample 1 cannot be read"),
        ([], [SAMPLE], "Sample 1 cannot be read"),
    ],
)
def test_a_mapping_whose_samples_fail_stays_a_draft(rules: object, samples: object, sentence: str) -> None:
    system = crm_system()
    draft = MappingVersion.objects.create(system=system, number=2, rules=rules, samples=samples)
    with pytest.raises(SampleFails, match=sentence):
        activate_mapping(draft.pk, now=timezone.now(), actor=OPERATOR)
    states = dict(MappingVersion.objects.values_list("number", "state"))
    assert states == {1: "active", 2: "draft"}
