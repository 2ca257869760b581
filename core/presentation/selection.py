"""What a bulk action is about: ticked rows, or everything the filter matched when the person looked."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.errors import Invalid, Refusal

BULK_LIMIT = 1000


class NothingSelected(Invalid):
    """The form arrived without a row."""

    code = "nothing_selected"


class SelectionChanged(Refusal):
    """The filter no longer matches the number of rows the person confirmed."""

    code = "selection_changed"


class TooManySelected(Invalid):
    """The selection is larger than one request may change."""

    code = "too_many_selected"


@dataclass(frozen=True)
class Selection:
    """The posted selection: `ids` of ticked rows, or `everything` the filter matched at `as_of`."""

    ids: tuple[str, ...]
    everything: bool = False
    expected_count: int = 0
    as_of: datetime.datetime | None = None

    @classmethod
    def parse(cls, posted: QueryDict) -> "Selection":
        """Read `selected`, `everything`, `expected_count` and `as_of`; refuse a selection of nothing."""
        everything = posted.get("everything") == "1"
        ids = tuple(dict.fromkeys(posted.getlist("selected")))
        if not everything and not ids:
            raise NothingSelected("Select at least one row first.", field="selected")
        counted = posted.get("expected_count", "")
        if everything and not counted.isdigit():
            raise Invalid("The number of rows you confirmed is missing.", field="expected_count")
        return cls(ids, everything, int(counted or 0), parse_datetime(posted.get("as_of", "")))

    def rows(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the filtered, permitted queryset to the selection.

        Refuses more than 1,000 rows, and a count other than the one confirmed: rows that were created
        after the person looked are left out, rows that went away are reported.
        """
        chosen = self._chosen(queryset)
        expected = self.expected_count if self.everything else len(self.ids)
        if expected > BULK_LIMIT:
            raise TooManySelected(
                f"At most {BULK_LIMIT:,} rows at once: narrow the filter.", field="selected"
            )
        found = chosen.count()
        if found != expected:
            raise SelectionChanged(
                f"You confirmed {expected:,} rows, now {found:,} match. Look again and confirm."
            )
        return chosen

    def _chosen(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.everything:
            try:
                return queryset.filter(pk__in=self.ids)
            except (ValueError, ValidationError) as error:
                raise Invalid("The selection names rows that do not exist.", field="selected") from error
        names = {field.name for field in queryset.model._meta.get_fields() if isinstance(field, Field)}
        if self.as_of and "created_at" in names:
            return queryset.filter(created_at__lte=self.as_of)
        return queryset


def seen_now() -> str:
    """Return the moment a list was drawn, for the form that may act on all of it."""
    return timezone.now().isoformat()
