"""Codes that agreements and work share: delivery roles, service lines, regions."""

from django.db import models

from core.models import Canonical


class _Code(Canonical):
    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        abstract = True
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class DeliveryRole(_Code):
    """What a worker does on a project, such as senior consultant; rates depend on it."""


class ServiceLine(_Code):
    """What the firm sells, such as advisory; rates and tax depend on it."""


class Region(_Code):
    """Where work is done, such as DE; rates may depend on it."""
