"""How a contract splits into projects: what should be there, less what is. Steps; they read only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.models import Contract, ContractLine, ContractVersion, ServiceLine
from contracts.states import VersionStatus
from core.models import LegalEntity
from core.rows import code_for
from projects.models import Milestone, Project, ProjectTemplate, Task, TemplateTask, Worker
from projects.policies import ManagerMissing
from projects.states import ProjectStatus

# A workstream without any template still has a task to book on for each of its lines.
_PLAIN = TemplateTask(code="WORK", name="Delivery", billable=True)


@dataclass(frozen=True)
class Workstream:
    """The lines of one service line that one legal entity delivers; they become one project."""

    contract: Contract
    version: ContractVersion
    service_line: ServiceLine
    delivering_entity: LegalEntity
    template: ProjectTemplate | None
    lines: tuple[ContractLine, ...]
    is_only_one: bool

    @property
    def name(self) -> str:
        """Return the contract's name, with the service line where there are several workstreams."""
        name = self.contract.name if self.is_only_one else f"{self.contract.name}, {self.service_line.name}"
        return name[:160]

    @property
    def starts_on(self) -> date:
        return self.version.effective_from

    @property
    def ends_on(self) -> date | None:
        return self.version.ends_on

    def manager(self) -> Worker:
        """Return the template's manager or the contract's owner; refuse where neither can manage."""
        if self.template and self.template.manager:
            return self.template.manager
        owner = Worker.objects.filter(user=self.contract.owner_id).first()
        if owner is None:
            template = f"template {self.template.code}" if self.template else "a project template"
            raise ManagerMissing(
                f"Nobody manages {self.service_line.name} of {self.contract.code} yet: {self.contract.owner},"
                f" who owns the contract, records no time. Name a manager in {template}.",
                field="manager",
            )
        return owner

    def tasks(self) -> list[Task]:
        """Return the tasks to begin with: billable ones once for each line, the others once."""
        planned = list(self.template.tasks.all()) if self.template else []
        if not any(task.billable for task in planned):
            planned = [_PLAIN, *planned]
        return [task for one in planned for task in self._tasks_of(one)]

    def _tasks_of(self, planned: TemplateTask) -> list[Task]:
        if not planned.billable:
            return [Task(code=planned.code, name=planned.name, billable=False)]
        if len(self.lines) == 1:
            return [Task(code=planned.code, name=planned.name, contract_line_key=self.lines[0].key)]
        return [
            Task(
                code=f"{planned.code}-{place}",
                name=f"{line.name}: {planned.name}"[:160],
                contract_line_key=line.key,
            )
            for place, line in enumerate(self.lines, start=1)
        ]


def missing_workstreams(contract: Contract) -> list[Workstream]:
    """Return the workstreams whose lines no project of the contract delivers yet, in the order of the lines.

    Read from the newest approved terms. What people planned by hand is left as it is (delivered_lines).
    """
    version = contract.versions.filter(status=VersionStatus.APPROVED).order_by("-number").first()
    if version is None:
        return []
    lines = list(version.lines.select_related("service_line"))
    templates = _templates(contract)
    streams: dict[tuple[UUID, UUID], list[ContractLine]] = defaultdict(list)
    for line in lines:
        template = templates.get(line.service_line_id) or templates.get(None)
        entity = (template and template.delivering_entity) or contract.legal_entity
        streams[line.service_line_id, entity.pk].append(line)
    delivered = delivered_lines(contract)
    found = []
    for (service_line_id, _), own in streams.items():
        open_lines = tuple(line for line in own if line.key not in delivered)
        if open_lines:
            template = templates.get(service_line_id) or templates.get(None)
            entity = (template and template.delivering_entity) or contract.legal_entity
            first = open_lines[0].service_line
            found.append(
                Workstream(contract, version, first, entity, template, open_lines, len(streams) == 1)
            )
    return found


def delivered_lines(contract: Contract) -> dict[str, Project]:
    """Return by line key the project that delivers it.

    That is one with a billable task or a milestone of the line, else one of its service line that no task
    ties to another line: people may plan a project first and its tasks later.
    """
    projects = Project.objects.filter(contract=contract).exclude(status=ProjectStatus.CANCELLED)
    by_id = {project.pk: project for project in projects.order_by("-created_at")}
    tasks = Task.objects.filter(project__in=by_id, billable=True)
    tied = [*tasks.values_list("contract_line_key", "project_id")]
    tied += Milestone.objects.filter(project__in=by_id).values_list("contract_line_key", "project_id")
    found = {key: by_id[project_id] for key, project_id in tied}
    untied = [project for pk, project in by_id.items() if pk not in {project_id for _, project_id in tied}]
    by_service_line = {project.service_line_id: project for project in untied}
    for key, service_line_id in _newest_lines(contract):
        if key not in found and service_line_id in by_service_line:
            found[key] = by_service_line[service_line_id]
    return found


def _newest_lines(contract: Contract) -> list[tuple[str, UUID]]:
    newest = contract.versions.filter(status=VersionStatus.APPROVED).order_by("-number")
    return list(
        ContractLine.objects.filter(contract_version=newest.first()).values_list("key", "service_line_id")
    )


def project_code(contract: Contract) -> str:
    """Return the next free code that resembles the contract's: C-1090 gives P-1090, then P-1090-2."""
    stem = f"P-{contract.code.removeprefix('C-')}"[:17]
    taken = set(Project.objects.filter(code__startswith=stem).values_list("code", flat=True))
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, 100)))
    free = next((code for code in candidates if code not in taken), "")
    return code_for(Project, free, prefix="P", sequence="projects_project_number")


def _templates(contract: Contract) -> dict[UUID | None, ProjectTemplate]:
    """Return the template of each service line for the contract's entity; None is the one for the rest."""
    rows = ProjectTemplate.objects.filter(active=True).select_related("manager", "delivering_entity")
    fitting = [row for row in rows if row.legal_entity_id in {None, contract.legal_entity_id}]
    ordered = sorted(fitting, key=lambda row: row.legal_entity_id is not None)
    return {row.service_line_id: row for row in ordered}
