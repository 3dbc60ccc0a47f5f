"""The exchange app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "exchange"
    verbose_name = _("Imports")

    def ready(self) -> None:
        """Register words, the work of imports and the menu entry."""
        from common import jobs, wording  # noqa: PLC0415  app ready
        from common.web.shell import Entry, add_entry  # noqa: PLC0415  app ready
        from exchange.access import can_import  # noqa: PLC0415  app ready
        from exchange.actions import work  # noqa: PLC0415  app ready
        from exchange.actions.batches import WORK  # noqa: PLC0415  app ready
        from exchange.urls import urlpatterns  # noqa: PLC0415  app ready
        from exchange.wording import ACTIONS, SENTENCES  # noqa: PLC0415  app ready

        wording.add({**SENTENCES, **ACTIONS})
        jobs.register(WORK, work)
        # The entry stands in the menu as soon as the page works.
        if any(getattr(pattern, "name", "") == "list" for pattern in urlpatterns):
            add_entry(
                Entry(
                    group="shared",
                    order=80,
                    label=_("Imports"),
                    icon="upload",
                    url_name="exchange:list",
                    under="/exchange/",
                    shown_to=can_import,
                )
            )
