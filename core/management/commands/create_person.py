import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.actions.people import Held, PersonFields, enter_person
from core.actors import Actor
from core.errors import Refusal

PASSWORD = "TIEOUT_NEW_PASSWORD"


class Command(BaseCommand):
    """Enter a person from the command line: the first one of an installation, or a steward who was lost."""

    help = (
        "Enter a person who may sign in. On an empty installation make a data steward first, who enters"
        f" everybody else under /admin/. The password is asked for, or taken from {PASSWORD}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the name to sign in by")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument(
            "--role",
            action="append",
            default=[],
            metavar="ROLE[:ENTITY]",
            help="such as data_steward, or finance:UK for one legal entity only; repeat for several",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names = {name: options[name] for name in ("username", "first_name", "last_name", "email")}
        try:
            user = enter_person(
                PersonFields(**names),
                password=_password(),
                roles=[_held(text) for text in options["role"]],
                starts_on=timezone.localdate(),
                actor=Actor.system("command line"),
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{user.username} may sign in now.")


def _held(text: str) -> Held:
    role, _, entity = text.partition(":")
    return Held(role, entity)


def _password() -> str:
    if PASSWORD in os.environ:
        return os.environ[PASSWORD]
    if not sys.stdin.isatty():
        raise CommandError(f"There is no terminal to ask for the password: set {PASSWORD}.")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise CommandError("The two passwords differ; nobody was entered.")
    return password
