"""Walk the main path over the demo firm."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.cast import Cast
from config.demo.path.stage import Stage, loaded_calendar
from config.demo.path.walk import walk, walked
from integrations.sandbox_crm.administration import SandboxCrmAdministration
from integrations.sandbox_erp.administration import SandboxErpAdministration
from integrations.sandbox_erp.client import SandboxErpClient
from integrations.sandbox_erp.errors import ErpError


class Command(BaseCommand):
    """A second start finds the way walked and changes nothing."""

    help = "Walk from contract to reconciled invoice over the demo firm, with workers and the sandbox ERP."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, one line per step."""
        calendar = loaded_calendar()
        if calendar is None:
            raise CommandError("There is no demo firm in this database: manage.py load_demo brings it in.")
        address = (str(settings.SANDBOX_ERP_URL), settings.SANDBOX_ERP_TOKEN)
        crm_address = (str(settings.SANDBOX_CRM_URL), settings.SANDBOX_CRM_TOKEN)
        with (
            SandboxErpClient(*address) as client,
            SandboxErpAdministration(*address) as office,
            SandboxCrmAdministration(*crm_address) as crm,
        ):
            there = crm if crm.answers() else None
            stage = Stage(calendar, Cast.gather(), client, office, self.stdout.write, there)
            if walked(stage):
                self.stdout.write("The demo path was walked before; everything is as you left it.")
                return
            try:
                walk(stage)
            except ErpError as error:
                raise CommandError(
                    f"The sandbox ERP at {address[0]} does not answer as needed: {error}"
                ) from error
