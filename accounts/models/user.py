"""A person, with or without a log-in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("en", "English"), ("sv", "Svenska")]


def display_name(first: str, last: str, title: str, username: str) -> str:
    """Return what a person is shown as: the full name, else the title, else the log-in."""
    return f"{first} {last}".strip() or title or username


class User(AbstractUser):
    """A person. One without a log-in has an unusable password; nobody is ever deleted."""

    #: what the person is called by others, e.g. "Project manager, Digital services"
    title = models.CharField(_("title"), max_length=120, blank=True)
    unit = models.ForeignKey(
        "accounts.Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("unit"),
    )
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="en")
    is_roomy = models.BooleanField(_("roomy rows"), default=False)
    has_shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)

    #: the visit going on and the one before it: "changed since your last visit" counts from there
    visit_at = models.DateTimeField(null=True, editable=False)
    previous_visit_at = models.DateTimeField(null=True, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]  # the base says str
        verbose_name_plural = _("people")  # type: ignore[assignment]  # as above
        swappable = "AUTH_USER_MODEL"
        ordering = ["last_name", "first_name", "username"]

    def __str__(self) -> str:
        return display_name(self.first_name, self.last_name, self.title, self.username)
