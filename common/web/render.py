"""One page, whole or in part: the only reader of htmx headers besides `access`."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the page, or only the partial whose name is the id htmx wants to replace.

    Boosted requests and history restores always get the whole page. A client cannot name a
    template: a target that is no partial of this one gives the whole page too.
    """
    htmx: Any = request.htmx  # type: ignore[attr-defined]  # set by the middleware
    name = template
    if htmx and not htmx.boosted and not htmx.history_restore_request and htmx.target:
        part = f"{template}#{htmx.target}"
        try:
            get_template(part)
            name = part
        except TemplateDoesNotExist:
            name = template
    response = HttpResponse(get_template(name).render(dict(context), request), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def page_under(request: HttpRequest, otherwise: str) -> str:
    """Return the page that a dialog stands over, so that a deed done in it leads back there."""
    htmx: Any = request.htmx  # type: ignore[attr-defined]  # set by the middleware
    return (htmx.current_url_abs_path if htmx else None) or otherwise


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to a page after a write, with or without htmx."""
    if request.htmx:  # type: ignore[attr-defined]  # set by the middleware
        return HttpResponseClientRedirect(url)
    response = redirect(url)
    response.status_code = 303
    return response
