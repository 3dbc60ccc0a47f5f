"""The services app."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """Registers what the kernel must know of this app."""

    name = "services"
    verbose_name = _("Services")

    def ready(self) -> None:
        """Register the kind, the sentences, the job and the menu entry."""
        from accounts.access import authority  # noqa: PLC0415  app ready
        from accounts.domain.roles import Capability  # noqa: PLC0415  app ready
        from common import jobs, subjects, wording  # noqa: PLC0415  app ready
        from common.web import shell  # noqa: PLC0415  app ready
        from services.access import visible_to  # noqa: PLC0415  app ready
        from services.actions import clocks  # noqa: PLC0415  app ready
        from services.models import Service  # noqa: PLC0415  app ready
        from services.wording import ACTIONS, SENTENCES  # noqa: PLC0415  app ready

        def may_open(user: Any) -> bool:
            return authority(user).has_anywhere(Capability.VIEW_SERVICES)

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
        wording.add({**SENTENCES, **ACTIONS})
        jobs.register(clocks.WORK, clocks.do_slice)
        shell.add_entry(
            shell.Entry(
                group="services",
                order=10,
                label=_("Services"),
                icon="server-2",
                url_name="services:list",
                under="/services/",
                shown_to=may_open,
            )
        )
