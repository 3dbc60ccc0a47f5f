"""One-time form keys: the same form posted twice makes one thing."""

from django.conf import settings
from django.db import models


class FormKey(models.Model):
    """A rendered form that has been carried out, and where its result stands."""

    key = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="form_key_once")]

    def __str__(self) -> str:
        return str(self.key)
