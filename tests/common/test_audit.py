"""The audit log says who changed what from what to what, once and for good."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Unit, User
from common import audit
from common.models import AuditEvent
from common.subjects import Subject

pytestmark = pytest.mark.django_db


def test_only_what_changed_is_kept(pmo: User) -> None:
    event = audit.record(
        "project.changed",
        Subject("project", 7),
        by=pmo,
        before={"name": "Old", "tier": "light", "budget": Decimal("1.50")},
        after={
            "name": "New",
            "tier": "light",
            "budget": Decimal("2.50"),
            "on": dt.date(2026, 3, 5),
        },
    )

    event.refresh_from_db()
    assert event.before == {"budget": "1.50", "name": "Old"}
    assert event.after == {"budget": "2.50", "name": "New", "on": "2026-03-05"}
    assert event.actor == pmo


def test_our_own_code_cannot_alter_or_remove_an_event(pmo: User) -> None:
    event = audit.record("unit.changed", Subject("unit", 1), by=pmo)

    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(note="changed")


def test_the_database_refuses_to_alter_an_event(pmo: User) -> None:
    event = audit.record("unit.changed", Subject("unit", 1), by=pmo)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE common_auditevent SET note = 'x' WHERE id = %s", [event.pk])


def test_a_bulk_write_is_one_batch_with_an_item_per_record(pmo: User, organisation: Unit) -> None:
    batch = audit.record_batch(
        "import.applied",
        by=pmo,
        items=[
            ("project.created", Subject("project", 1), {}, {"name": "A"}),
            ("project.changed", Subject("project", 2), {"name": "B"}, {"name": "C"}),
        ],
    )

    assert [(i.action, i.object_id) for i in batch.items.order_by("id")] == [
        ("project.created", 1),
        ("project.changed", 2),
    ]


def test_a_refused_deed_leaves_no_event(pmo: User) -> None:
    before = AuditEvent.objects.count()

    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012  the deed and its fall are one
        audit.record("unit.changed", Subject("unit", 1), by=pmo)
        raise RuntimeError

    assert AuditEvent.objects.count() == before
