"""Saying what a file's columns are, and the mapping that this makes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from common import clock
from common.errors import Refused
from common.web.access import signed_in
from common.web.render import go, render_page
from common.web.requests import Request
from common.wording import say
from exchange import access
from exchange.actions import begin_matched, look_elsewhere
from exchange.domain import matching as matchings
from exchange.domain import survey as surveys
from exchange.domain.kinds import Kind
from exchange.domain.matching import Matching
from exchange.domain.proposing import proposed
from exchange.domain.survey import Survey
from exchange.forms import MatchForm, said
from exchange.models import ImportBatch, Upload
from exchange.queries import headers_of, matched_before
from exchange.templates import known_lists
from exchange.views.reading import read_at_once
from exchange.wording import KIND_LABELS

_MOST_ROWS = 1_000


def match_url(upload: Upload) -> str:
    """Return the address where a kept file's columns are matched."""
    return reverse("exchange:match", args=[upload.pk])


def change_url(batch: ImportBatch, user: Any) -> str:
    """Return where a previewed import's columns can be matched otherwise; empty for all others."""
    if batch.state != "staged" or not batch.headers:
        return ""
    upload = Upload.objects.waiting(clock.now()).filter(batch=batch, by=user).only("pk").first()
    return match_url(upload) if upload else ""


@signed_in
@require_http_methods(["GET", "POST"])
def match(request: Request, upload: UUID) -> HttpResponse:
    """The file's columns beside our fields; then the preview."""
    kept = access.get_upload_for(request.user, upload)
    if request.method == "POST" and "elsewhere" in request.POST:
        return _look_elsewhere(request, kept)
    survey = surveys.unpack(kept.survey)
    before = _before(kept, survey)
    if request.method != "POST":
        return _page(request, kept, _form(kept, survey, _first(kept, survey, before)), before)
    stated = said(request.POST, Kind(kept.kind), survey)
    if "look" in request.POST:
        return _page(request, kept, _form(kept, survey, stated), before)
    form, status = _form(kept, survey, stated, request.POST), 422
    if form.is_valid():
        try:
            return go(request, _begin(request, kept, form))
        except Refused as refusal:
            status = refusal.status
            form.refuse(refusal)
            form.renew()
    return _page(request, kept, form, before, status=status)


def _begin(request: Request, upload: Upload, form: MatchForm) -> str:
    def begin() -> ImportBatch:
        return begin_matched(upload, form.matching, by=request.user)

    return read_at_once(request, form.cleaned_data.get("form_key") or "", begin)


def _known(upload: Upload) -> list[Any]:
    root = upload.root
    return known_lists(
        Kind(upload.kind), get_language() or "en", currency=root.currency, zone=root.zone
    )


def _before(upload: Upload, survey: Survey) -> ImportBatch | None:
    """Return the import in which these columns were matched the last time."""
    mine = upload.batch
    if mine is not None and mine.kind == upload.kind and mine.headers == headers_of(survey.names):
        return mine
    return matched_before(upload.root, Kind(upload.kind), survey.names)


def _first(upload: Upload, survey: Survey, before: ImportBatch | None) -> Matching:
    """Return what was said of these columns the last time, else what their headers say."""
    if before is not None:
        return matchings.fitted(matchings.unpack(before.matching), survey.names)
    title = upload.file_name.partition(".")[0].replace("_", " ").strip()[:60]
    return proposed(Kind(upload.kind), survey, _known(upload), title=title)


def _form(upload: Upload, survey: Survey, matching: Matching, data: Any = None) -> MatchForm:
    return MatchForm(
        data,
        kind=Kind(upload.kind),
        survey=survey,
        root=upload.root,
        known=_known(upload),
        matching=matching,
    )


def _page(
    request: Request,
    upload: Upload,
    form: MatchForm,
    before: ImportBatch | None,
    *,
    status: int = 200,
    told: str = "",
) -> HttpResponse:
    context = {
        "upload": upload,
        "form": form,
        "kind_label": KIND_LABELS[upload.kind],
        "survey": form.survey,
        "before": before,
        "told": told,
    }
    return render_page(request, "exchange/match.html", context, status=status)


def _look_elsewhere(request: Request, upload: Upload) -> HttpResponse:
    """Read the column names from another row or sheet; refused, all stays as it was."""
    kind, survey = Kind(upload.kind), surveys.unpack(upload.survey)
    typed = request.POST.get("header_row", "").strip()
    sheet = request.POST.get("sheet", "")
    try:
        if not (typed.isdecimal() and 1 <= int(typed) <= _MOST_ROWS):
            raise Refused("exchange.match.header_row", most=_MOST_ROWS)
        look_elsewhere(upload, header_row=int(typed), sheet=sheet)
    except Refused as refusal:
        form = _form(upload, survey, said(request.POST, kind, survey))
        return _page(request, upload, form, None, status=422, told=str(refusal))
    messages.success(request, say("exchange.match.elsewhere"))
    return go(request, match_url(upload))


@signed_in
@require_GET
def mapping_used(request: Request, pk: int) -> HttpResponse:
    """The mapping an import was read with, to keep or to use from the command line."""
    batch = access.get_import_for(request.user, pk)
    answer = HttpResponse(batch.mapping_text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{batch.pk}.toml"'
    return answer
