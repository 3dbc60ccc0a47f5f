"""The queue by every method at once."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from improvements.domain.compare import Compared, compare, mean_values, scores_of
from improvements.domain.scoring import Method
from improvements.domain.scoring import Score as MethodScore
from improvements.models import Improvement, Score
from improvements.queries.review import TO_DECIDE, backlog_of
from improvements.queries.scores import estimates


def compared(improvement: Improvement, user: Any) -> tuple[Compared, ...]:
    """Return the methods side by side for one improvement, over all that wait for a decision.

    Only what both offices have scored is compared, so that nothing blind is shown. Two statements.
    """
    queue = {
        pk: (score, effort)
        for pk, score, effort in backlog_of(user)
        .filter(part=TO_DECIDE)
        .values_list("pk", "standing__score", "effort_days")
    }
    given: dict[int, list[Mapping[Method, MethodScore]]] = defaultdict(list)
    for row in Score.objects.filter(
        improvement_id__in=backlog_of(user).filter(part=TO_DECIDE).values("pk")
    ):
        if row.improvement_id in queue:
            effort = queue[row.improvement_id][1]
            given[row.improvement_id].append(scores_of(estimates(row, effort)))
    others: dict[Method, dict[str, Decimal]] = {m: {} for m in Method if m is not Method.WEIGHTED}
    for pk, scores in given.items():
        for method, value in mean_values(scores).items():
            others[method][str(pk)] = value
    weighted = {str(pk): score for pk, (score, _effort) in queue.items()}
    return compare(str(improvement.pk), weighted, others)
