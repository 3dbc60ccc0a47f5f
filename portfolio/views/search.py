"""Search over everything a reader may see."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from common.web.access import signed_in
from common.web.render import go, render_page
from common.web.requests import Request
from portfolio import queries
from portfolio.forms import SearchForm

MOST = 50


@signed_in
@require_GET
def search(request: Request) -> HttpResponse:
    """Hits by key or title; a single hit by key opens at once."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    hits = queries.search(request.user, text, MOST)
    if len(hits) == 1 and hits[0].key == text.strip().upper():
        return go(request, hits[0].url)
    return render_page(request, "portfolio/search.html", {"text": text, "hits": hits, "most": MOST})
