"""Word packs: what an organisation calls its gates, phases, roles and offices."""

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin.house import AuditedAdmin, HouseInline
from common.models import Word, WordPack


class WordInline(HouseInline):
    """Labels."""

    model = Word


@admin.register(WordPack)
class WordPackAdmin(AuditedAdmin):
    """Labels for gates, phases, roles and the two offices."""

    kind = "words"
    list_display = ("name", "code", "labels", "version")
    search_fields = ("name", "code", "words__en", "words__sv")
    inlines = (WordInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the packs with how many labels each has."""
        return super().get_queryset(request).annotate(n_words=Count("words"))

    @admin.display(description=_("labels"), ordering="n_words")
    def labels(self, pack: WordPack) -> int:
        """How many labels it has."""
        return pack.n_words  # type: ignore[attr-defined]  # annotated

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """Count the version up, so that kept words are read anew."""
        obj.version += 1
        obj.save(update_fields=["version"])
