"""People, units and roles as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Adds its sentences and the way to administration."""

    name = "accounts"
    verbose_name = _("People and roles")

    def ready(self) -> None:
        """Register wording and the menu entry."""
        from accounts.access import can_configure  # noqa: PLC0415  app ready
        from accounts.wording import ACTIONS, SENTENCES  # noqa: PLC0415  app ready
        from common import wording  # noqa: PLC0415  app ready
        from common.web.shell import Entry, add_entry  # noqa: PLC0415  app ready

        wording.add({**SENTENCES, **ACTIONS})
        add_entry(
            Entry(
                group="admin",
                order=90,
                label=_("People and settings"),
                icon="adjustments",
                url_name="admin:index",
                under="/admin/",
                shown_to=can_configure,
            )
        )
