"""Change marks: what has changed and which consumer has not yet followed."""

from django.db import models


class ChangeMark(models.Model):
    """One change of one subject for one consumer.

    Append-only and without a unique key on purpose: two edits write two rows and never wait for
    each other; the consumer deletes exactly the ids it read, so an edit during its work stays.
    """

    consumer = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["consumer", "id"], name="mark_consumer")]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.kind} {self.object_id}"
