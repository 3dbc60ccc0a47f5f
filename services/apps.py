"""The services app."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "services"
