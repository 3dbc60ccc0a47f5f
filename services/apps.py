"""The services app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "services"
    verbose_name = _("Services")

    def ready(self) -> None:
        """Register the kind, the sentences and the menu entry."""
        from common import subjects, wording  # noqa: PLC0415  app ready
        from services.access import visible_to  # noqa: PLC0415  app ready
        from services.models import Service  # noqa: PLC0415  app ready
        from services.wording import SENTENCES  # noqa: PLC0415  app ready

        subjects.register(
            subjects.Kind(
                code="service",
                prefix="SVC",
                model=Service,
                visible_to=visible_to,
                url_name="services:detail",
                title=str,
                label=_("service"),
            )
        )
        wording.add(SENTENCES)
