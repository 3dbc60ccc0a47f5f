"""The roof as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortfolioConfig(AppConfig):
    """Follows the three sides, and adds its words and its place in the frame."""

    name = "portfolio"
    verbose_name = _("Portfolio and roll-up")

    def ready(self) -> None:
        """Register with the kernel."""
        from common import marks, wording  # noqa: PLC0415  app ready
        from common.web import shell  # noqa: PLC0415  app ready
        from portfolio import frame  # noqa: PLC0415  app ready
        from portfolio.wording import ACTIONS, SENTENCES  # noqa: PLC0415  app ready

        marks.follow("standing", {"project", "service", "improvement", "unit", "calendar", "rules"})
        wording.add({**SENTENCES, **ACTIONS})
        shell.add_part(frame.stamp)
        for entry in frame.ENTRIES:
            shell.add_entry(entry)
