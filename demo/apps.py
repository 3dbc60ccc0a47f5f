"""The demo organisation as a Django app, so that its command is found."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Nothing to register."""

    name = "demo"
