"""People, units and roles as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Adds its sentences."""

    name = "accounts"
    verbose_name = _("People and roles")

    def ready(self) -> None:
        """Register wording."""
        from accounts.wording import SENTENCES  # noqa: PLC0415  app ready
        from common import wording  # noqa: PLC0415  app ready

        wording.add(SENTENCES)
