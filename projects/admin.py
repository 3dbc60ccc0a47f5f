"""Project types."""

from django.contrib import admin

from common.admin import AuditedAdmin
from projects.models import ProjectType


@admin.register(ProjectType)
class ProjectTypeAdmin(AuditedAdmin):
    """What kinds of project there are, and which hand something over to operation."""

    kind = "type"
    list_display = ("name", "name_sv", "delivers_to_operation")
