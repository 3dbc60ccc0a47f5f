"""Bringing a file in, the files to fill in, and the first steps of an empty organisation."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common.errors import Refused
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.exports import csv_response
from common.web.once import once
from common.web.render import go, render_page
from common.web.requests import Request
from exchange import access
from exchange.actions import begin, found_organisation, keep_upload, let_go, remember, turn_to
from exchange.domain.kinds import Kind
from exchange.domain.survey import unpack
from exchange.forms import OrganisationForm, UploadForm
from exchange.mappings import mapping_names, mapping_text
from exchange.models import ImportBatch, Upload
from exchange.queries import matched_before
from exchange.templates import columns_to_fill, example_row, own_list
from exchange.views.matching import match_url
from exchange.views.reading import read_at_once
from exchange.welcome import is_empty, may_found, steps_for
from exchange.wording import KIND_LABELS


@signed_in
@require_http_methods(["GET", "POST"])
def upload(request: Request) -> HttpResponse:
    """A file, its mapping and its day; then the preview."""
    kinds = _kinds(request)
    kind = _asked_kind(request, kinds)
    kept = access.find_upload_for(request.user, request.POST.get("kept") or request.GET.get("kept"))
    form = UploadForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        user=request.user,
        kind=kind,
        kept=kept,
        is_too_large="UPLOAD_TOO_LARGE" in request.META,
        initial={"mapping": request.GET.get("mapping") or own_list(kind, get_language() or "en")},
    )
    if request.method != "POST":
        return _page(request, form, kinds)
    status = 422
    if form.is_valid():
        try:
            return go(request, _take(request, form))
        except Refused as refusal:
            status = refusal.status
            form.refuse(refusal)
    _hold(request, form)
    return _page(request, form, kinds, status=status)


def _page(
    request: Request, form: UploadForm, kinds: list[Kind], *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "kind": form.kind.value,
        "kind_label": KIND_LABELS[form.kind.value],
        "own_list": own_list(form.kind, get_language() or "en"),
        "kinds": [(one.value, KIND_LABELS[one.value]) for one in kinds],
    }
    return render_page(request, "exchange/upload.html", context, status=status)


def _take(request: Request, form: UploadForm) -> str:
    """Begin the import, or keep the file until its columns are matched; return where to go."""
    key = form.cleaned_data.get("form_key") or ""
    if form.wants_matching:
        return once(request.user, key, lambda: match_url(_keep(request, form)))
    url = read_at_once(request, key, lambda: _begin(request, form))
    if form.waiting:
        let_go(form.waiting)
    return url


def _keep(request: Request, form: UploadForm) -> Upload:
    """Return the file as it waits for its columns: the one that is here, or the one that came."""
    data = form.cleaned_data
    where: dict[str, Any] = {
        "kind": form.kind,
        "root": data["organisation"],
        "by": request.user,
        "as_of": data.get("as_of"),
    }
    if form.received or form.waiting is None:
        return keep_upload(form.received, file_name=form.received.name, **where)
    return turn_to(form.waiting, **where)


def _hold(request: Request, form: UploadForm) -> None:
    """After a refusal: keep a file that is a table, so that it need not be sent again."""
    root = form.cleaned_data.get("organisation")
    kept = form.waiting
    if form.received and root:
        try:
            kept = _keep(request, form)
        except Refused:
            kept = None
    before = None
    if kept and root:
        before = matched_before(root, form.kind, unpack(kept.survey).names)
    form.hold(kept, before)


def _begin(request: Request, form: UploadForm) -> ImportBatch:
    data = form.cleaned_data
    file, name = form.source
    batch = begin(
        file,
        kind=form.kind,
        mapping=data["mapping_pair"],
        root=data["organisation"],
        by=request.user,
        file_name=name,
        as_of=data["as_of"],
        is_kept=True,
    )
    if form.matched:
        remember(batch, form.matched.headers, form.matched.matching)
    return batch


def _kinds(request: Request) -> list[Kind]:
    """Return what the reader may bring in; 404 when that is nothing."""
    kinds = {
        kind
        for root in access.organisations_for(request.user)
        for kind in access.kinds_for(request.user, root)
    }
    if not kinds:
        raise Http404
    return [kind for kind in Kind if kind in kinds]


def _asked_kind(request: Request, kinds: list[Kind]) -> Kind:
    asked = request.POST.get("kind") or request.GET.get("kind") or ""
    default = Kind.PROJECTS if Kind.PROJECTS in kinds else kinds[0]
    return next((kind for kind in kinds if kind.value == asked), default)


@signed_in
@require_GET
def to_fill_in(request: Request, kind: str) -> HttpResponse:
    """A table to fill in, which the mapping for own lists reads."""
    if kind not in {one.value for one in Kind}:
        raise Http404
    language = get_language() or "en"
    columns = columns_to_fill(Kind(kind), language)
    return csv_response(
        own_list(Kind(kind), language), columns, [example_row(columns, Kind(kind), language)]
    )


@signed_in
@require_GET
def mapping_to_copy(request: Request, name: str) -> HttpResponse:
    """The text of a shipped mapping, to change a few names in and bring as one's own."""
    if name not in mapping_names():
        raise Http404
    answer = HttpResponse(mapping_text(name)[1], content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return answer


@signed_in
@require_GET
def welcome(request: Request) -> HttpResponse:
    """Three steps from nothing to a dashboard of one's own."""
    if may_found(request.user):
        return render_page(request, "exchange/found.html", {"form": OrganisationForm()})
    if not access.can_import(request.user):
        raise Http404
    return render_page(request, "exchange/welcome.html", {"steps": steps_for(request.user)})


@signed_in
@require_GET
def welcome_panel(request: Request) -> HttpResponse:
    """The first steps as the dashboard shows them; 204 once there is something to show."""
    if not is_empty(request.user):
        return HttpResponse(status=204)
    founding = may_found(request.user)
    steps = [] if founding else steps_for(request.user)
    return render_page(
        request, "exchange/welcome_panel.html", {"steps": steps, "founding": founding}
    )


@signed_in
@require_http_methods(["GET", "POST"])
def found(request: Request) -> HttpResponse:
    """The first organisation of this installation."""
    if not may_found(request.user):
        raise Http404
    form = OrganisationForm(request.POST or None)

    def do() -> str:
        data: dict[str, Any] = form.cleaned_data
        found_organisation(
            data["name"],
            currency=data["currency"],
            zone=data["zone"],
            by=request.user,
            leads=data["leads"],
        )
        return reverse("exchange:welcome")

    return answer_form(
        request,
        "exchange/found.html",
        form,
        do,
        said=_("The organisation is founded."),
        context={},
    )
