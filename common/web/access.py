"""Every view wears exactly one of these marks; a test fails on a bare one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Let people in who have logged in; others are sent to the log-in and come back.

    What a person may then see or do, the view asks the app's `access` module.
    """

    @wraps(view)
    def wrapped(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_active:
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response
        if request.htmx:
            # A log-in page must not be swapped into a panel: the whole page goes there.
            back = request.htmx.current_url_abs_path or request.get_full_path()
            login = redirect_to_login(back, resolve_url(settings.LOGIN_URL)).url
            return HttpResponseClientRedirect(login)
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))

    wrapped.access = "signed_in"  # type: ignore[attr-defined]  # read by the architecture test
    return wrapped


def public(view: View) -> View:
    """Let anybody in; only for pages that tell nothing."""
    view.access = "public"  # type: ignore[attr-defined]  # read by the architecture test
    return view
