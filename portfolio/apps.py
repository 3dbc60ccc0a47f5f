"""The portfolio app."""

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "portfolio"
