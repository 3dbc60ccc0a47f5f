"""The projects app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "projects"
