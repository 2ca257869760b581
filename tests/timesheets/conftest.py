"""The firm the tests of time work with."""

import pytest

from tests.timesheets.builders import Firm


@pytest.fixture
def firm(db: None) -> Firm:
    """One project, its manager and an assigned consultant."""
    return Firm()
