"""Every view wears exactly one of these marks; a test fails on a bare one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from common.web import kept

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Let people in who have logged in; others are sent to the log-in and come back.

    What they had typed when the log-in ended waits for them (`common.web.kept`).

    What a person may then see or do, the view asks the app's `access` module.
    """

    @wraps(view)
    def wrapped(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_active:
            kept.hide_from_others(request)
            if request.method == "POST":
                kept.forget(request)
            response = view(request, *args, **kwargs)
            kept.recognise(request, response)
            response.headers.setdefault("Cache-Control", "no-store")
            return response
        back = request.get_full_path()
        if request.htmx:
            back = request.htmx.current_url_abs_path or back
        if request.method == "POST" and kept.keep(request):
            back = reverse("common:resume")
        to_login = redirect_to_login(back, resolve_url(settings.LOGIN_URL))
        # A log-in page must not be swapped into a panel: the whole page goes there.
        return HttpResponseClientRedirect(to_login.url) if request.htmx else to_login

    wrapped.access = "signed_in"  # type: ignore[attr-defined]  # read by the architecture test
    return wrapped


def public(view: View) -> View:
    """Let anybody in; only for pages that tell nothing."""
    view.access = "public"  # type: ignore[attr-defined]  # read by the architecture test
    return view
