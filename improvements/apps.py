"""The improvements app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImprovementsConfig(AppConfig):
    """Registers its kind, its sentences and its menu entries."""

    name = "improvements"
    verbose_name = _("Improvements")

    def ready(self) -> None:
        """Tell the kernel what it must know of this app."""
        from common import subjects, wording  # noqa: PLC0415  models are loaded now
        from common.web import shell  # noqa: PLC0415  models are loaded now
        from improvements import access  # noqa: PLC0415  models are loaded now
        from improvements.models import Improvement  # noqa: PLC0415  models are loaded now
        from improvements.wording import ACTIONS, SENTENCES  # noqa: PLC0415  models are loaded now

        subjects.register(
            subjects.Kind(
                code="improvement",
                prefix="IMP",
                model=Improvement,
                visible_to=access.visible_to,
                url_name="improvements:detail",
                title=lambda improvement: improvement.title,
                label=_("Improvement"),
            )
        )
        wording.add({**SENTENCES, **ACTIONS})
        shell.add_entry(
            shell.Entry(
                group="top",
                order=40,
                label=pgettext_lazy("menu", "Joint review"),
                icon="scale",
                url_name="improvements:backlog",
                under="/improvements/review/",
                shown_to=access.can_review,
            )
        )
        shell.add_entry(
            shell.Entry(
                group="shared",
                order=10,
                label=_("Improvements"),
                icon="bulb",
                url_name="improvements:list",
                under="/improvements/",
                shown_to=access.can_see_improvements,
            )
        )
