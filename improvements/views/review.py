"""The joint review: a ranked list worked through by keyboard, one decision after the other."""

from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import push_url, reswap, retarget, trigger_client_event

from common import clock
from common.errors import NotAllowed
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.render import page_under, render_page
from common.web.requests import Request
from improvements import access, actions
from improvements.domain.approvals import Deed
from improvements.domain.lifecycle import BACKLOG
from improvements.forms import DEED_WORDS, DecisionForm
from improvements.listing import improvement_url
from improvements.models import Improvement, Score
from improvements.models.decision import DEEDS
from improvements.panel import panel_of
from improvements.queries import limits
from improvements.queries.review import next_after
from improvements.review import review_of


@signed_in
@require_GET
def backlog(request: Request) -> HttpResponse:
    """The ranked list, with the decision panel of the selected row beside it."""
    if not access.can_see_improvements(request.user):
        raise NotAllowed("improvements.review_not_yours")
    review = review_of(
        request.user,
        selected=request.GET.get("selected", ""),
        page=request.GET.get("page"),
        now=clock.now(),
    )
    return render_page(request, "improvements/review.html", {"review": review})


@signed_in
@require_http_methods(["GET", "POST"])
def take(request: Request, key: str, deed: str) -> HttpResponse:
    """Take one decision: a small form that asks why, on a page or in a dialog."""
    improvement = access.get_improvement_for(request.user, key)
    wanted = _deed(deed)
    access.check_can_decide(request.user, improvement, wanted)
    is_review = improvement.state in BACKLOG and request.GET.get("from") != "page"
    form = DecisionForm(
        request.POST or None, user=request.user, improvement=improvement, deed=wanted
    )

    def do() -> str:
        following = next_after(request.user, improvement.pk) if is_review else ""
        said = form.cleaned_data
        wish = actions.Wish(
            deed=wanted, reason=said["reason"], until=said.get("until"), target=said.get("target")
        )
        actions.decide(improvement, wish, by=request.user, expected=said["version"] or 0)
        if not is_review:
            return page_under(request, improvement_url(improvement))
        query = f"?selected={following}" if following else ""
        return f"{reverse('improvements:backlog')}{query}"

    return answer_form(
        request,
        "improvements/decide.html",
        form,
        do,
        said=lambda: _said(improvement, wanted),
        context={
            "improvement": improvement,
            "deed": wanted.value,
            "word": DEED_WORDS[wanted],
            "is_review": is_review,
        },
        done=(lambda url: _region(request, url)) if _is_in_review(request) else None,
    )


@signed_in
@require_GET
def consider(request: Request, key: str) -> HttpResponse:
    """What one needs to decide about an improvement, and the buttons: over any page, or alone."""
    row = access.get_improvement_for(request.user, key)
    scores = list(Score.objects.filter(improvement=row))
    context = {
        "improvement": row,
        "panel": panel_of(row, request.user, scores, limits()[0]),
        "may_edit": access.can_edit_improvement(request.user, row),
    }
    return render_page(request, "improvements/consider.html", context)


def _deed(text: str) -> Deed:
    try:
        return Deed(text)
    except ValueError as error:
        raise Http404(text) from error


def _said(improvement: Improvement, deed: Deed) -> str:
    """Return what has happened, in words; half an approval says so."""
    names = {"key": improvement.key, "deed": str(dict(DEEDS)[deed.value]).lower()}
    if deed is Deed.APPROVE and improvement.state in BACKLOG:
        return _("%(key)s: your approval stands; another seat is awaited.") % names
    return _("%(key)s: %(deed)s.") % names


def _is_in_review(request: Request) -> bool:
    """Return whether the form stands in the dialog over the review, and not elsewhere."""
    here = request.htmx.current_url_abs_path or ""
    return bool(request.htmx) and urlsplit(here).path == reverse("improvements:backlog")


def _region(request: Request, url: str) -> HttpResponse:
    """Answer a decision with the review alone: the next one selected, said and focused."""
    selected = parse_qs(urlsplit(url).query).get("selected", [""])[0]
    review = review_of(request.user, selected=selected, page=None, now=clock.now())
    said = " ".join(str(message) for message in messages.get_messages(request))
    page = {"review": review, "said": said, "takes_focus": True}
    body = get_template("improvements/review.html#review").render(page, request)
    response = push_url(HttpResponse(body), url)
    response = reswap(retarget(response, "#review"), "innerHTML")
    return trigger_client_event(response, "close-dialog", {})
