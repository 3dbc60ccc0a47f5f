"""A person's own settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.adapter import longest_wait, wait_a_while
from accounts.forms import PreferencesForm
from accounts.models import User
from common.web.access import public, signed_in
from common.web.render import go, render_page
from common.web.requests import Request


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request: Request) -> HttpResponse:
    """Language, density and shortcuts."""
    user = request.user
    form = PreferencesForm(
        request.POST or None,
        initial={
            "language": user.language,
            "is_roomy": user.is_roomy,
            "has_shortcuts": user.has_shortcuts,
        },
    )
    if request.method == "POST" and form.is_valid():
        actions.set_preferences(user, **form.cleaned_data)
        translation.activate(user.language)
        messages.success(request, _("Your settings are saved."))
        return go(request, request.path)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "accounts/preferences.html", {"form": form}, status=status)


@signed_in
@require_POST
def set_language(request: Request) -> HttpResponse:
    """Switch one's language and stay on the page."""
    user = request.user
    wanted = request.POST.get("language", "")
    if wanted in dict(User._meta.get_field("language").choices or ()):  # noqa: SLF001  Django's own public-by-convention name
        actions.set_preferences(
            user, language=wanted, is_roomy=user.is_roomy, has_shortcuts=user.has_shortcuts
        )
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    )
    return go(request, back if safe else "/")


#: pages of the log-in that may be sent so often and no more, and the limit each one has
LIMITS = {
    "account_login": "login",
    "account_reauthenticate": "reauthenticate",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
}


@public
def too_many(request: HttpRequest) -> HttpResponse:
    """429: a form of the log-in was sent too often; says how long to wait."""
    match = request.resolver_match
    seconds = longest_wait(LIMITS.get(match.url_name or "" if match else "", "login"))
    page = render(
        request,
        "429.html",
        {"sentence": wait_a_while(seconds), "again": request.path},
        status=429,
    )
    page.headers["Retry-After"] = str(seconds)
    return page
