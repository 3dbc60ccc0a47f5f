"""The projects app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        """Register the kind, its words."""
        from common import subjects, wording  # noqa: PLC0415  app ready
        from common.web.shell import Entry, add_entry  # noqa: PLC0415  app ready
        from projects.access import sees_projects, visible_to  # noqa: PLC0415  app ready
        from projects.models import Project  # noqa: PLC0415  app ready
        from projects.wording import ACTIONS, SENTENCES  # noqa: PLC0415  app ready

        wording.add({**SENTENCES, **ACTIONS})
        subjects.register(
            subjects.Kind(
                code="project",
                prefix="PRJ",
                model=Project,
                visible_to=visible_to,
                url_name="projects:detail",
                title=lambda project: project.name,
                label=_("project"),
            )
        )
        add_entry(
            Entry(
                group="projects",
                order=10,
                label=_("Projects"),
                icon="stack-2",
                url_name="projects:list",
                under="/projects/",
                shown_to=sees_projects,
            )
        )
