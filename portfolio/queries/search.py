"""Search over what a reader may see: by key, or by words of the title."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Q, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404

from common import subjects
from common.subjects import Subject
from improvements.access import visible_to as visible_improvements
from projects.access import visible_to as visible_projects
from services.access import visible_to as visible_services


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found record."""

    subject: Subject
    title: str

    @property
    def url(self) -> str:
        """Its page."""
        return subjects.url(self.subject)

    @property
    def key(self) -> str:
        """Its human key."""
        return subjects.key(self.subject)


def search(user: Any, text: str, limit: int) -> list[Hit]:
    """Return records whose key or title has the text, by title; every word must be there."""
    words = text.split()
    if not words:
        return []
    try:
        subject: Subject | None = subjects.parse(text)
    except Http404:
        subject = None
    parts: list[Any] = []
    for kind, field, rows in (
        ("project", "name", visible_projects(user)),
        ("service", "name", visible_services(user)),
        ("improvement", "title", visible_improvements(user)),
    ):
        condition = Q()
        for word in words:
            condition &= Q(**{f"{field}__icontains": word})
        if subject and subject.kind == kind:
            condition |= Q(pk=subject.id)
        parts.append(
            rows.filter(condition, archived_at=None)
            .order_by()
            .annotate(
                x_kind=Value(kind, output_field=CharField()), x_title=Cast(field, TextField())
            )
            .values_list("x_title", "x_kind", "pk")
        )
    found = parts[0].union(*parts[1:], all=True).order_by("x_title", "pk")[:limit]
    return [Hit(subject=Subject(kind, pk), title=title) for title, kind, pk in found]
