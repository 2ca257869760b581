"""Who acts in the demo: the people of `firm.people` as actors of verbs."""

from dataclasses import dataclass

from config.demo.firm.people import BY_ROLE, SERVICE_ACCOUNT
from core.actors import Actor
from core.models import Role, User


@dataclass(frozen=True)
class Cast:
    """The actors by what they do."""

    consultant: Actor
    project_manager: Actor
    pmo: Actor
    finance: Actor
    finance_lead: Actor
    support: Actor
    steward: Actor
    service: Actor

    @classmethod
    def gather(cls) -> "Cast":
        """Return the loaded people."""
        users = {user.username: user for user in User.objects.all()}

        def actor(role: str) -> Actor:
            return Actor.of(users[BY_ROLE[role].username])

        return cls(
            consultant=actor(Role.CONSULTANT),
            project_manager=actor(Role.PROJECT_MANAGER),
            pmo=actor(Role.PMO),
            finance=actor(Role.FINANCE),
            finance_lead=actor(Role.FINANCE_LEAD),
            support=actor(Role.INTEGRATION_SUPPORT),
            steward=actor(Role.DATA_STEWARD),
            service=Actor.of(users[SERVICE_ACCOUNT]),
        )
