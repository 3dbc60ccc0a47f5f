"""The exchange app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "exchange"
