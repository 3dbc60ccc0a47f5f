"""How the log-in package behaves here: its refusals, its letters, and where it goes afterwards."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_rates
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

_WRONG = _("The user name or the password is wrong. Check both; capital letters count.")


def longest_wait(action: str) -> int:
    """Return how many seconds at most until an action is open again to who did it too often."""
    rates = get_rates(app="allauth.account", action=action, config=app_settings.RATE_LIMITS)
    return max((int(rate.duration) for rate in rates), default=60)


def wait_a_while(seconds: int) -> str:
    """Return the sentence that says how long to wait."""
    minutes = -(-seconds // 60)
    if minutes % 60 == 0:
        hours = minutes // 60
        text = ngettext(
            "Wait %(n)s hour at most, then try again.",
            "Wait %(n)s hours at most, then try again.",
            hours,
        )
        return text % {"n": hours}
    text = ngettext(
        "Wait %(n)s minute at most, then try again.",
        "Wait %(n)s minutes at most, then try again.",
        minutes,
    )
    return text % {"n": minutes}


class HouseAdapter(DefaultAccountAdapter):
    """Says everything in our words."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "enter_current_password": _(
            "This is not the password you have now. Write the one you logged in with."
        ),
        "incorrect_password": _("This is not your password. Write the one you logged in with."),
    }

    def validation_error(self, code: str, *args: Any) -> Any:
        """Return the refusal; the one after too many attempts says how long to wait."""
        refusal = super().validation_error(code, *args)
        if code == "too_many_login_attempts":
            refusal.message = _too_many()
        return refusal

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to where the change was chosen; a message there says that it is done."""
        return reverse("accounts:preferences")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter in the language of who gets it, whatever the browser speaks."""
        days = settings.PASSWORD_RESET_TIMEOUT // 86_400
        with translation.override(context["user"].language):
            super().send_mail(template_prefix, email, {**context, "days": days})


def _too_many() -> str:
    text = translation.gettext("Too many wrong attempts for this user name.")
    return f"{text} {wait_a_while(longest_wait('login_failed'))}"
