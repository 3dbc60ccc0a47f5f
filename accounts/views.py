"""A person's own settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.forms import PreferencesForm
from accounts.models import User
from common.web.access import signed_in
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
