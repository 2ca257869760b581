"""The registers of projects and workers."""

from django.urls import reverse

from core.presentation.columns import Column
from core.presentation.register import Empty, Register
from core.presentation.table import Table
from projects.filters import ProjectFilter, WorkerFilter

PROJECTS = Register(
    title="Projects",
    table=Table(
        columns=(
            Column(
                "code",
                "Project",
                read="name",
                detail="code",
                sort="code",
                lead=True,
                link=lambda row: reverse("project", args=[row.code]),
            ),
            Column("contract", "Contract", "id", read="contract.code", sort="contract__code"),
            Column("customer", "Customer", read="contract.customer.name", sort="contract__customer__name"),
            Column("manager", "Manager", read="manager.name", sort="manager__name"),
            Column("legal_entity", "Delivered by", read="legal_entity.name", sort="legal_entity__name"),
            Column("starts_on", "Starts", "day", sort="starts_on"),
            Column("ends_on", "Ends", "day", sort="ends_on"),
            Column("status", "Status", "state", sort="status", subject="project"),
        ),
        order="code",
        noun=("project", "projects"),
        row_label="code",
    ),
    empty=Empty("No projects yet", "A project is planned from an active contract."),
    filterset=ProjectFilter,
)

WORKERS = Register(
    title="Workers",
    table=Table(
        columns=(
            Column(
                "name",
                "Worker",
                detail="code",
                sort="name",
                lead=True,
                link=lambda row: reverse("worker", args=[row.code]),
            ),
            Column("role", "Role today", read="role_today"),
            Column("entity", "Employed by", read="entity_today"),
            Column("region", "Region", read="region_today"),
            Column("kind", "Kind", "state", sort="kind"),
            Column("email", "E-mail", sort="email"),
        ),
        order="name",
        noun=("worker", "workers"),
    ),
    empty=Empty("No workers yet", "They are entered here, or arrive from the HR system."),
    template="contracts/register.html",
    filterset=WorkerFilter,
)
