"""Released documents, an ERP and workers in processes of their own, and a clock that can be moved on."""

import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Literal

import psycopg
from celery import Celery
from django.db import OperationalError, connection, connections

from billing.events import ProposalReleased
from billing.models import Proposal
from config.local.launcher import WORKER
from core.actors import Actor
from core.events import record
from core.exceptions import OPEN_STATES
from core.models import ExceptionItem, LegalEntity
from core.verbs import acting
from integrations.models import Delivery
from integrations.sandbox_erp.administration import CompanySettings, TaxCode
from tests.faults.processes import Program
from tests.integrations.builders import proposal, routed_entity, system
from tests.integrations.sandbox_erp.running import TOKEN, RunningErp

Mode = Literal["idempotency_key", "unique", "searchable"]
CLASSES: dict[Mode, str] = {"idempotency_key": "A", "unique": "B", "searchable": "C"}
PERIOD = "2026-11"
# Nothing here takes this long; a machine that is shared may.
PATIENCE = 150
TASKS = {
    "core.tasks.run_reactions": "default",
    "integrations.tasks.deliver_due": "erp",
    "integrations.tasks.deliver_leftovers": "erp",
}


class ErpWorld:
    """One test's firm, ERP and workers."""

    def __init__(self, erp: RunningErp, environment: dict[str, str], folder: Path) -> None:
        self.erp = erp
        self.environment = {**environment, "SANDBOX_ERP_URL": erp.url, "SANDBOX_ERP_TOKEN": TOKEN}
        self._folder = folder
        self._broker = Celery(broker=environment["REDIS_URL"])
        self._companies: dict[str, str] = {}
        self.programs: list[Program] = []

    def entity(self, mode: Mode = "searchable") -> LegalEntity:
        """Create a legal entity whose company in the ERP treats references this way."""
        code = f"UK{len(self._companies) + 1:02d}"
        settings = CompanySettings(
            code=code,
            name=f"Ardley {code} Ltd",
            country="GB",
            currency="GBP",
            number_prefix=f"RE-{code}-",
            first_number=90001,
            tax_codes=(TaxCode("GB20", "VAT 20 %", Decimal(20)),),
            reference_mode=mode,
        )
        with self.erp.administration() as administration:
            administration.put_company(settings)
        kind = {"adapter_class": CLASSES[mode], "concurrency": 8}
        target = system(f"erp_{code.lower()}", base_url=self.erp.url, **kind)
        self._companies[code] = mode
        return routed_entity(target, code=code, company=code)

    def release(self, entity: LegalEntity, count: int = 1) -> list[Proposal]:
        """Release documents, as the verb does: the state, and the event in the same transaction."""
        documents = [proposal(entity, net=f"{1000 + number}.00") for number in range(count)]
        for document in documents:
            with acting(Actor.system("test")):
                facts = (document.number, document.kind, 1, entity.pk, document.gross, document.currency)
                record(document, ProposalReleased(*facts), legal_entity_id=entity.pk)
        return documents

    def worker(self, name: str = "worker") -> Program:
        """Start a worker."""
        log = self._folder / f"{name}.log"
        program = Program((*WORKER, f"--hostname={name}@test"), self.environment, log).start()
        self.programs.append(program)
        return program

    def beat(self) -> Program:
        """Start the scheduler."""
        schedule = self._folder / "schedule"
        program = Program(("beat", f"--schedule={schedule}"), self.environment, self._folder / "beat.log")
        self.programs.append(program.start())
        return program

    def nudge(self) -> None:
        """Do what the schedule does, sooner; a broker that is away is none of its business."""
        for task, queue in TASKS.items():
            try:
                self._broker.send_task(task, queue=queue, retry=False, expires=30)
            except Exception:
                continue

    def until(self, done: Callable[[], bool], what: str, *, nudge: bool = True, passing: int = 0) -> None:
        """Wait until something is so, `passing` seconds with each look; fail with what the workers wrote."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if nudge:
                self.nudge()
            if _asked(done):
                return
            if passing:
                self.pass_time(passing)
            time.sleep(0.3)
        written = "\n".join(program.text()[-3000:] for program in self.programs)
        raise AssertionError(f"{what} did not happen in {PATIENCE} s: {self.states()}\n{written}")

    def pass_time(self, seconds: int, *, leases_too: bool = False) -> None:
        """Move everything that waits nearer; leases only when their holders are known to be gone."""
        names = ("available_at", "sent_at", "unknown_since", "lease_until")
        moved = ", ".join(f"{name} = {name} - make_interval(secs => %(s)s)" for name in names)
        with connection.cursor() as cursor:
            held = "" if leases_too else "WHERE state <> 'leased'"
            cursor.execute(f"UPDATE integrations_delivery SET {moved} {held}", {"s": seconds})
            for table, name in (("core_reaction", "available_at"), ("integrations_system", "paused_until")):
                cursor.execute(
                    f"UPDATE {table} SET {name} = {name} - make_interval(secs => %(s)s)", {"s": seconds}
                )

    def states(self) -> Counter[tuple[str, str]]:
        """Return how many messages are in which state, with their error."""
        return Counter(Delivery.objects.values_list("state", "error"))

    def in_the_erp(self) -> Counter[str]:
        """Return how many documents the ERP holds for each external reference, from its own store."""
        with self.erp.client() as client:
            return Counter(
                document.external_reference or document.number
                for company in self._companies
                for document in client.list_documents(company, PERIOD)
            )

    def settled(self) -> bool:
        """Say whether every released document is posted, or stands in an exception somebody answers for."""
        owned = ExceptionItem.objects.filter(state__in=OPEN_STATES).exclude(team="").values("object_id")
        return not Proposal.objects.filter(status="releasing").exclude(pk__in=owned).exists()

    def all_posted(self) -> bool:
        """Say whether every released document is posted."""
        return not Proposal.objects.exclude(status="posted").exists()

    def assert_each_document_once(self) -> None:
        """The ERP holds every operation at most once, and every posted proposal exactly once."""
        held = self.in_the_erp()
        assert set(held.values()) <= {1}, held
        posted = Delivery.objects.filter(state="delivered").values_list("operation_id", flat=True)
        assert {str(operation) for operation in posted} <= set(held)

    def end(self) -> None:
        """Kill what still runs."""
        for program in self.programs:
            program.thaw()
            program.kill()


def _asked(done: Callable[[], bool]) -> bool:
    """Ask the database, which may just be starting again."""
    try:
        return done()
    except (OperationalError, psycopg.OperationalError):
        connections.close_all()
        return False
