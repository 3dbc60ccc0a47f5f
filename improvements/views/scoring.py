"""Scoring for an office."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import NotAllowed
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.requests import Request
from improvements import access, actions, queries
from improvements.domain.approvals import Office
from improvements.forms import ScoreForm
from improvements.listing import improvement_url
from improvements.models import Score


@signed_in
@require_http_methods(["GET", "POST"])
def rate(request: Request, key: str) -> HttpResponse:
    """Give one's ratings; one's own earlier ones stand filled in, nobody else's are shown."""
    improvement = access.get_improvement_for(request.user, key)
    offices = access.offices_of(request.user, improvement)
    if not access.can_score(request.user, improvement):
        raise NotAllowed(
            "improvements.scoring_is_over" if offices else "improvements.office_not_yours"
        )
    given = Score.objects.filter(improvement=improvement, scorer=request.user).first()
    form = ScoreForm(
        request.POST or None, offices=offices, criteria=queries.criteria(), given=given
    )

    def do() -> str:
        rating = actions.Rating(ratings=form.ratings(), inputs=form.inputs())
        office = Office(form.cleaned_data["office"])
        actions.score(improvement, rating, office=office, by=request.user)
        return improvement_url(improvement)

    return answer_form(
        request,
        "improvements/score.html",
        form,
        do,
        said=_("Your score is saved. It is shown when both offices have scored."),
        context={"improvement": improvement},
    )
