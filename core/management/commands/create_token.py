from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.actions.tokens import issue_token
from core.actors import Actor
from core.errors import Refusal
from core.models import User


class Command(BaseCommand):
    """Issue a bearer token to a service account and print it once."""

    help = "Issue a bearer token to a service account; it is printed once and stored only as a hash."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the service account")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument("--days", type=int, default=90, help="days until it expires (90)")
        parser.add_argument("--scope", action="append", default=[], help="a permission; repeat for several")

    def handle(
        self, *args: Any, username: str, name: str, days: int, scope: list[str], **options: Any
    ) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username!r}.")
        try:
            issued = issue_token(
                user.pk,
                name=name,
                scopes=scope,
                expires_at=timezone.now() + timedelta(days=days),
                actor=Actor.system("command line"),
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(issued.secret)
