"""The kernel as a Django app."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Teaches SQLite Swedish."""

    name = "common"
    verbose_name = "Kernel"

    def ready(self) -> None:
        """Prepare database connections."""
        from common import checks, db  # noqa: F401, PLC0415  app ready

        db.install()
