"""The people who sign in to the demo, one per role, and the service account of the worklog system."""

from dataclasses import dataclass

from core.models import Role

PASSWORD = "tieout-demo"
SERVICE_ACCOUNT = "worklog"


@dataclass(frozen=True)
class PersonSpec:
    """Somebody with an account; the user name is the first name. `entity` empty means every company."""

    first_name: str
    last_name: str
    role: str
    entity: str
    does: str

    @property
    def username(self) -> str:
        """Return what the person signs in with."""
        return self.first_name.lower()

    @property
    def name(self) -> str:
        """Return the full name."""
        return f"{self.first_name} {self.last_name}"


PEOPLE = (
    PersonSpec("Maya", "Lindqvist", Role.CONSULTANT, "UK", "enters her week"),
    PersonSpec("Daniel", "Marsh", Role.PROJECT_MANAGER, "UK", "approves time, watches his projects"),
    PersonSpec("Aisha", "Grant", Role.PMO, "", "staffs projects, approves time and contract terms"),
    PersonSpec("Priya", "Nair", Role.FINANCE, "", "runs billing, settles exceptions, reconciles"),
    PersonSpec("Helen", "Brandt", Role.FINANCE_LEAD, "", "approves what Priya prepared, closes months"),
    PersonSpec("Ravi", "Iqbal", Role.INTEGRATION_SUPPORT, "", "watches messages to the ERP, replays them"),
    PersonSpec("Jonas", "Weber", Role.DATA_STEWARD, "", "keeps customers, rates and tax codes clean"),
    PersonSpec("Claire", "Dubois", Role.EXECUTIVE, "", "reads the figures"),
    PersonSpec("Oscar", "Lund", Role.AUDITOR, "", "reads everything, changes nothing"),
)
BY_ROLE = {person.role: person for person in PEOPLE}
