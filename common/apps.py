"""The kernel as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Teaches SQLite Swedish."""

    name = "common"
    verbose_name = _("Calendars, words and logs")

    def ready(self) -> None:
        """Prepare database connections."""
        from common import checks, db  # noqa: F401, PLC0415  app ready

        db.install()
