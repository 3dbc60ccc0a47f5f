"""One way for every form that writes: show it, take it once, or say what is wrong with it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from common.errors import NotAllowed, Refused, Stale
from common.web.forms import RecordForm
from common.web.once import once
from common.web.render import go, render_page
from common.web.requests import Request


def answer_form(
    request: Request,
    template: str,
    form: RecordForm,
    do: Callable[[], str],
    *,
    said: str | Callable[[], str],
    context: Mapping[str, Any],
    done: Callable[[str], HttpResponse] | None = None,
) -> HttpResponse:
    """Show the form, or carry out `do` once and go to the address it returns.

    What was typed is kept in every refusal: 422 with sentences on the fields, 403 where the deed
    is not this person's, 409 with both versions when somebody else saved first (the form's
    `differences(row)` gives them). `said` may wait for the deed. `done` answers a
    success in another way than by going there.
    """
    page: dict[str, Any] = {**context, "form": form}
    if request.method != "POST":
        return render_page(request, template, page)
    if not form.is_valid():
        return render_page(request, template, page, status=422)
    try:
        url = once(request.user, form.cleaned_data.get("form_key") or "", do)
    except Stale as stale:
        page["conflict"] = form.differences(stale.current)
        page["conflict_at"] = stale.current.updated_at
        form.take_version(stale.current.version)
        return render_page(request, template, page, status=409)
    except Refused as refusal:
        if isinstance(refusal, NotAllowed) and refusal.field not in form.fields:
            raise
        form.refuse(refusal)
        return render_page(request, template, page, status=refusal.status)
    messages.success(request, said() if callable(said) else said)
    return done(url) if done else go(request, url)
