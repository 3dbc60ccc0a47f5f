"""How every form of this app is answered: once, refusals on their fields, conflicts in full."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.functional import Promise

from common.errors import NotAllowed, Refused, Stale
from common.web.once import once
from common.web.render import go, render_page
from common.web.requests import Request


def answer(
    request: Request,
    form: Any,
    template: str,
    context: Mapping[str, Any],
    *,
    save: Callable[[], str],
    done: str | Promise,
) -> HttpResponse:
    """Show a form (200), or save it and go to the address `save` returns.

    Invalid or refused input comes back with 422; what somebody else saved first comes back beside
    what was typed with 409, and the next save is on top of theirs. NotAllowed passes through: 403.
    """
    status, conflict = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                url = once(request.user, form.cleaned_data["form_key"], save)
            except Stale as stale:
                status, conflict = 409, form.conflict_with(stale.current)
                form.take_version(stale.current.version)
            except NotAllowed:
                raise
            except Refused as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, str(done))
                return go(request, url)
    return render_page(
        request, template, {**context, "form": form, "conflict": conflict}, status=status
    )
