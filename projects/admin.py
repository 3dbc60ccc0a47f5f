"""Project types."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common import formats
from common.admin import AuditedAdmin
from projects.models import ProjectType


@admin.register(ProjectType)
class ProjectTypeAdmin(AuditedAdmin):
    """What kinds of project there are, and which hand something over to operation."""

    kind = "type"
    list_display = ("name", "name_sv", "hands_over")
    list_filter = ("delivers_to_operation",)
    search_fields = ("name", "name_sv")
    ordering = ("name",)

    @admin.display(description=_("delivers to operation"), ordering="delivers_to_operation")
    def hands_over(self, kind: ProjectType) -> Any:
        """Whether projects of the type hand something over."""
        return _("yes") if kind.delivers_to_operation else formats.NOTHING
