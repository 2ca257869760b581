"""History written by the database: nobody who changes a row can leave it out.

django-simple-history gives the tables, admin pages and `as_of`; statement-level triggers fill the
tables, so bulk writes and raw SQL are covered too. `core.guards` lays the triggers after migrations.
"""

import uuid
from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


class HistoryRow(models.Model):
    """What every history row says beside the row itself."""

    correlation_id = models.CharField(max_length=64)

    class Meta:
        abstract = True


def _actor_of(row: models.Model) -> object:
    from core.models import User

    text = str(getattr(row, "history_user_id", "") or "")
    if not text.startswith("user:"):
        return text or None
    return User.objects.filter(pk=uuid.UUID(text.removeprefix("user:"))).first() or text


class TriggerHistory(HistoricalRecords):  # type: ignore[misc]
    """History records whose rows are inserted by database triggers instead of Django signals."""

    def __init__(self) -> None:
        super().__init__(
            inherit=True,
            bases=(HistoryRow,),
            history_user_id_field=models.CharField(max_length=80, null=True),
            history_user_getter=_actor_of,
            history_user_setter=lambda row, user: None,
            history_id_field=models.BigAutoField(),
        )

    def copy_fields(self, model: type[models.Model]) -> "dict[str, models.Field[Any, Any]]":
        """Copy the fields without their indexes: history is read by object, so `id` keeps one."""
        fields: dict[str, Any] = super().copy_fields(model)
        for name, field in fields.items():
            field.db_index = name == "id"
            field.db_default = models.NOT_PROVIDED
        return fields

    def post_save(
        self, instance: models.Model, created: bool, using: str | None = None, **kwargs: object
    ) -> None:
        """Leave the writing to the triggers."""

    def post_delete(self, instance: models.Model, using: str | None = None, **kwargs: object) -> None:
        """Leave the writing to the triggers."""
