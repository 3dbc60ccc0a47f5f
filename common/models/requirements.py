"""What a gate needs but only an upper app knows, posted down as a fact."""

from django.db import models


class Requirement(models.Model):
    """One requirement on one subject's gate, with its present state and who posted it."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    gate = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    state = models.CharField(
        max_length=10, choices=[("met", "met"), ("not_met", "not_met"), ("waived", "waived")]
    )
    waived_until = models.DateField(null=True)
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, default="")
    posted_by = models.CharField(max_length=60)
    posted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "gate", "key"], name="requirement_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["met", "not_met"])
                | models.Q(waived_until__isnull=False),
                name="requirement_waiver_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate} {self.key}: {self.state}"
