"""What waits for whom: the page's lead in sentences, decisions and one's own things in rows."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from improvements.access import can_propose, can_review
from portfolio.queries import Decision, Mine, Place
from portfolio.views.board import headline, rows_url
from projects.access import can_create_project
from services.access import can_create_service

#: what is asked for, and the word of the button that leads to it
DEEDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "decide": (gettext_lazy("Shaped and waiting for approval"), gettext_lazy("Review")),
    "complete": (
        gettext_lazy("Shaped; it needs an owner and a route before it can be approved"),
        gettext_lazy("Complete"),
    ),
    "return": (
        gettext_lazy("Parked until a day that has passed; take it up again or park it anew"),
        gettext_lazy("Review"),
    ),
    "more": (gettext_lazy("You are asked: %(question)s"), gettext_lazy("Answer")),
    "answer": (
        gettext_lazy("Captured; the proposer waits for a first answer"),
        gettext_lazy("Answer"),
    ),
    "accept": (
        gettext_lazy("Released; the service owner accepts it into operation or refuses"),
        gettext_lazy("Accept"),
    ),
    "asked": ("", gettext_lazy("Open")),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A number in words, the address of the rows it counts, and the number."""

    text: str
    url: str
    n: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the page's lead: what it counts, then what is the matter with them."""

    links: tuple[Link, ...]
    text: str


def doors(user: Any) -> dict[str, bool]:
    """Return which pages that the board links to are open to a person."""
    return {
        "review": can_review(user),
        "project": can_create_project(user),
        "service": can_create_service(user),
        "improvement": can_propose(user),
    }


def decision_rows(decisions: Iterable[Decision], as_of: dt.date) -> list[dict[str, Any]]:
    """Return what waits for a decision: why, how far off its day is, and the button."""
    return [
        {
            "row": row,
            "text": _why(row),
            "verb": DEEDS[row.deed][1],
            **_door(row),
            **_distance(row, as_of),
        }
        for row in decisions
    ]


def _why(row: Decision) -> str:
    text = str(DEEDS[row.deed][0])
    return text % {"question": row.text} if row.deed == "more" else text or row.text


def _door(row: Decision) -> dict[str, str]:
    """Return where the button leads; what can be decided in a dialog opens there."""
    if row.subject.kind != "improvement":
        return {"url": row.url, "dialog": ""}
    if row.deed == "more":
        return {"url": reverse("improvements:edit", args=[row.key]), "dialog": ""}
    url = reverse("improvements:consider", args=[row.key])
    return {"url": url, "dialog": url}


def _distance(row: Decision, as_of: dt.date) -> dict[str, Any]:
    """Return the distance to a promised day, or the days something has waited."""
    return {"when": _when(row, as_of), "is_late": _is_late(row, as_of)}


def _when(row: Decision, as_of: dt.date) -> str:
    if row.on is None:
        return ""
    days = (row.on - as_of).days
    if row.deed == "answer":
        return days_to(days)
    return ngettext("waited %(n)s day", "waited %(n)s days", abs(days)) % {"n": abs(days)}


def _is_late(row: Decision, as_of: dt.date) -> bool:
    """Return whether a decision is late: as judged, or because an answer's day has passed."""
    return row.is_late or (row.deed == "answer" and row.on is not None and row.on < as_of)


def days_to(days: int) -> str:
    """Return how far away a day is: "in 3 days", "today", "9 days late"."""
    if not days:
        return _("today")
    text = (
        ngettext("in %(n)s day", "in %(n)s days", days)
        if days > 0
        else ngettext("%(n)s day late", "%(n)s days late", -days)
    )
    return text % {"n": abs(days)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How many decisions wait: the reader's own, late ones among them, and those of others."""

    mine: int
    late: int
    others: int
    #: more of them wait than were read
    is_cut: bool


def waiting(decisions: Sequence[Decision], as_of: dt.date, most: int) -> Queue:
    """Return how many of the decisions wait for whom; at most `most` of them were read."""
    mine = [row for row in decisions if row.is_mine]
    return Queue(
        mine=len(mine),
        late=sum(1 for row in mine if _is_late(row, as_of)),
        others=len(decisions) - len(mine),
        is_cut=len(decisions) == most,
    )


def lede(queue: Queue, counts: dict[str, Any], place: Place, side: str) -> list[Sentence]:
    """Return the page's sentences, each number leading to the rows that it counts."""
    sentences = [_decisions_sentence(queue)]
    worse = sum(counts["project"].better.values()) if side != "services" else 0
    if worse:
        address = rows_url("projects", place, phase="open", differs="worse")
        link = Link(_projects_text(worse), address, worse)
        text = ngettext("is worse than reported", "are worse than reported", worse)
        sentences.append(Sentence((link,), text))
    red, grey = (_of_colour(colour, counts, place, side) for colour in ("red", "grey"))
    if red:
        text = ngettext("is off track", "are off track", sum(link.n for link in red))
        sentences.append(Sentence(red, text))
    elif grey:
        sentences.append(Sentence((), _("Nothing is known to be off track")))
        text = ngettext("is unknown", "are unknown", sum(link.n for link in grey))
        sentences.append(Sentence(grey, text))
    elif counts["project"].total or counts["service"].total:
        sentences.append(Sentence((), _("Nothing is off track")))
    return sentences


def _of_colour(colour: str, counts: dict[str, Any], place: Place, side: str) -> tuple[Link, ...]:
    """Return how many projects and services have a colour, each with the way to them."""
    links = []
    n = counts["project"].by_colour[colour] if side != "services" else 0
    if n:
        address = rows_url("projects", place, phase="open", colour=colour)
        links.append(Link(_projects_text(n), address, n))
    n = counts["service"].by_colour[colour] if side != "projects" else 0
    if n:
        text = ngettext("%(n)s service", "%(n)s services", n) % {"n": n}
        links.append(Link(text, rows_url("services", place, status="live", colour=colour), n))
    return tuple(links)


def _projects_text(n: int) -> str:
    return ngettext("%(n)s project", "%(n)s projects", n) % {"n": n}


def _decisions_sentence(queue: Queue) -> Sentence:
    if not queue.mine:
        return Sentence((), _("Nothing waits for your decision"))
    counted = ngettext("%(n)s decision", "%(n)s decisions", queue.mine)
    if queue.is_cut and not queue.others:
        counted = _("%(n)s or more decisions")
    text = ngettext("waits for you", "wait for you", queue.mine)
    if queue.late:
        said = ngettext("%(n)s of them late", "%(n)s of them late", queue.late)
        text = f"{text}, {said % {'n': queue.late}}"
    link = Link(counted % {"n": queue.mine}, reverse("portfolio:today"), queue.mine)
    return Sentence((link,), text)


def reports_due(
    mine: Iterable[Mine], as_of: dt.date, cadence: dict[str, int]
) -> list[dict[str, Any]]:
    """Return the projects a person manages whose next status report is due, the oldest first."""
    rows = []
    for row in mine:
        if not row.owes_reports:
            continue
        days = cadence.get(row.tier, 30)
        due = row.reported_on + dt.timedelta(days=days) if row.reported_on else as_of
        if due <= as_of + dt.timedelta(days=7):
            rows.append(
                {
                    "row": row,
                    "due": due,
                    "is_late": due < as_of,
                    "when": days_to((due - as_of).days),
                    "url": reverse("projects:report_new", args=[row.key]),
                }
            )
    return sorted(rows, key=lambda found: found["due"])


def owned(mine: Iterable[Mine]) -> list[dict[str, Any]]:
    """Return what a person owns, with why it needs a look."""
    return [
        {
            "row": row,
            "needs_look": row.colour != "green",
            "why": headline(row.reasons, row.drag),
        }
        for row in mine
    ]
