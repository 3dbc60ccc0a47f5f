"""The improvements app."""

from django.apps import AppConfig


class ImprovementsConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "improvements"
