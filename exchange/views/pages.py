"""From an import to what its pages print."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.web.paging import Pager, page_number
from exchange.models import ImportBatch


def import_url(batch: ImportBatch) -> str:
    """Return the address of an import."""
    return reverse("exchange:detail", args=[batch.pk])


def page_of(request: HttpRequest, count: int, size: int) -> Pager:
    """Return the asked page, with addresses that keep the other parameters."""
    number = page_number(request.GET.get("page"), count, size)
    last = max(1, -(-count // size))

    def address(asked: int) -> str | None:
        if not 1 <= asked <= last:
            return None
        query = request.GET.copy()
        query["page"] = str(asked)
        return f"{request.path}?{query.urlencode()}"

    return Pager(
        number=number, size=size, count=count, urls=(address(number - 1), address(number + 1))
    )


def labels() -> dict[str, str]:
    """Return the words of the outcomes, as headings."""
    return {
        "new": pgettext("import", "New"),
        "changed": pgettext("import", "Changed"),
        "same": pgettext("import", "Same"),
        "refused": pgettext("import", "Refused"),
        "partly": pgettext("import", "In part"),
        "skipped": pgettext("import", "Left out"),
    }


def tiles_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """Return the counts; of what was left out or taken only in part, when there is any."""
    always = {"new", "changed", "same", "refused"}
    details = {
        "new": _("not here yet"),
        "changed": _("differ from what is here"),
        "same": _("nothing to do"),
        "refused": _("do not come in"),
        "partly": _("come in without a cell"),
        "skipped": _("as the mapping says"),
    }
    is_preview = batch.state == "staged"
    return [
        {
            "label": label,
            "value": str(getattr(batch, name)),
            "detail": details[name] if is_preview else "",
        }
        for name, label in labels().items()
        if name in always or getattr(batch, name)
    ]


def filters_of(batch: ImportBatch, outcome: str) -> list[dict[str, Any]]:
    """Return the filters by outcome with their counts and addresses."""
    found = [{"label": _("All"), "count": None, "url": import_url(batch), "current": not outcome}]
    for name, label in labels().items():
        count = getattr(batch, name)
        if count:
            url = f"{import_url(batch)}?outcome={name}"
            found.append({"label": label, "count": count, "url": url, "current": outcome == name})
    return found
