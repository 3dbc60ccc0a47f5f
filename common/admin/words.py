"""Word packs: what an organisation calls its gates, phases, roles and offices."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.admin.house import AuditedAdmin, HouseInline
from common.models import Word, WordPack


class WordInline(HouseInline):
    """Labels."""

    model = Word


@admin.register(WordPack)
class WordPackAdmin(AuditedAdmin):
    """Labels for gates, phases, roles and the two offices."""

    kind = "words"
    list_display = ("name", "code", "version")
    inlines = (WordInline,)

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """Count the version up, so that kept words are read anew."""
        obj.version += 1
        obj.save(update_fields=["version"])
