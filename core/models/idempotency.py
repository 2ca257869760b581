"""One effect per key: the stored answer of a request that had a financial effect."""

from django.db import models
from django.db.models.functions import Now


class IdempotencyRecord(models.Model):
    """The answer given to a caller's key, replayed byte for byte when the same request comes again."""

    id = models.BigAutoField(primary_key=True)
    caller = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=("caller", "key"), name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key
