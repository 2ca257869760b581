"""The real sandbox CRM, for the tests that need it."""

from tests.integrations.sandbox_crm.conftest import own_crm

__all__ = ["own_crm"]
