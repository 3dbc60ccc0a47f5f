"""The pages of the log-in, and their forms in our words.

The log-in package does the work; of its pages only those are here that people need. Nobody signs
up, and addresses stand on the person: an administrator writes both.
"""

from typing import Any

from allauth.account import forms as packaged
from allauth.account import views
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

_MISSING = _("Write your password.")
_NEW_MISSING = _("Write a new password.")


def _say(form: forms.Form, name: str, *, label: Any, missing: Any, help_text: Any = "") -> None:
    """Put our words on a field; the label stands above it, so nothing stands in it."""
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)


class LogInForm(packaged.LoginForm):
    """User name or address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = _("Write your user name or your email address.")
        _say(self, "login", label=_("User name or email address"), missing=missing)
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        _say(self, "password", label=_("Password"), missing=_MISSING)


class AgainForm(packaged.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "password", label=_("Password"), missing=_MISSING)


class AskForPasswordForm(packaged.ResetPasswordForm):
    """The address that the letter goes to."""

    users: list[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "email", label=_("Email address"), missing=_("Write your email address."))
        self.fields["email"].error_messages["invalid"] = _(
            "This is no email address. Write for example anna.berg@example.com."
        )

    def clean_email(self) -> str:
        """Return the address; who was never given a log-in gets none by asking for a password."""
        email = str(super().clean_email())
        self.users = [user for user in self.users if user.has_usable_password()]
        return email


class TypedTwice:
    """A new password, typed twice."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self
        rules = " ".join(password_validators_help_texts())
        _say(form, "password1", label=_("New password"), missing=_NEW_MISSING, help_text=rules)
        missing = _("Write the new password once more.")
        _say(form, "password2", label=_("New password once more"), missing=missing)

    def clean(self) -> Any:
        """Refuse two that differ."""
        form: Any = self
        first, second = (form.cleaned_data.get(f"password{n}") for n in (1, 2))
        if first and second and first != second:
            form.add_error(
                "password2", _("The two differ. Write the same new password in both fields.")
            )
        return form.cleaned_data


class ChangePasswordForm(TypedTwice, packaged.ChangePasswordForm):
    """The password of now, and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = _("Write the password you have now.")
        _say(self, "oldpassword", label=_("Password you have now"), missing=missing)


class SetPasswordForm(TypedTwice, packaged.SetPasswordForm):
    """A first password."""


class PasswordByLetterForm(TypedTwice, packaged.ResetPasswordKeyForm):
    """A new password, for those who come by the letter."""
