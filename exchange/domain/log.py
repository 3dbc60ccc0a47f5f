"""Folding an event log into records: tickets with their history, outages with their length."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import cast

from exchange.domain.kinds import UP
from exchange.domain.parts import RowResult

_EVENT_ONLY = frozenset({"status_at", "status_until", "paused", "terminal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvent:
    """From ``at`` on the record had ``status``.

    ``paused`` says whether its clock stood still, ``terminal`` whether nothing should follow;
    ``priority`` is the one it had then, where the file tells.
    """

    at: datetime
    status: str
    word: str
    paused: bool
    terminal: bool
    priority: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketHistory:
    """A ticket as its last event leaves it, and each change of its status or priority in order.

    ``refused`` counts events whose status or time could not be read; the ticket itself stands.
    """

    external_key: str
    fields: dict[str, object]
    extra: dict[str, str]
    events: tuple[StatusEvent, ...]
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageSpan:
    """A half-open stretch in which a service did not work as agreed; open-ended while it lasts."""

    external_key: str
    service: str
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    title: str


def fold_tickets(rows: Iterable[RowResult]) -> Iterator[TicketHistory]:
    """Yield one history per key, in order of first appearance.

    Events are ordered by time, those of the same minute as the file has them. A later row's
    fields replace an earlier one's, except where its cell was refused; only changes of status
    become events. Where the file has no column for ``resolved_at`` or ``closed_at``, the log itself
    tells: the last time the ticket became resolved, and its end. Rows without a key or marked as
    skipped are left out.
    """
    by_key: dict[str, list[RowResult]] = defaultdict(list)
    for row in rows:
        if row.external_key and not row.skipped:
            by_key[row.external_key].append(row)
    for key, found in by_key.items():
        yield _history(key, found)


def _history(key: str, rows: list[RowResult]) -> TicketHistory:
    timed = [row for row in rows if row.fields.get("status_at") is not None]
    timed.sort(key=lambda row: cast("datetime", row.fields["status_at"]))
    fields: dict[str, object] = {}
    events: list[StatusEvent] = []
    refused = len(rows) - len(timed)
    for row in timed or rows:
        fields.update(row.fields)
    for row in timed:
        status = row.fields.get("status")
        if not isinstance(status, str):
            refused += 1
            continue
        event = StatusEvent(
            at=cast("datetime", row.fields["status_at"]),
            status=status,
            word=str(row.fields.get("status_word") or ""),
            paused=bool(row.fields.get("paused")),
            terminal=bool(row.fields.get("terminal")),
            priority=cast("int | None", row.fields.get("priority")),
        )
        if not events or _changed(events[-1], event):
            events.append(event)
    fields["status"] = events[-1].status if events else None
    fields["status_word"] = events[-1].word if events else None
    fields = {**_ends(events), **fields}
    return TicketHistory(
        external_key=key,
        fields={name: value for name, value in fields.items() if name not in _EVENT_ONLY},
        extra=dict((timed or rows)[-1].extra),
        events=tuple(events),
        refused=refused,
    )


def _changed(before: StatusEvent, after: StatusEvent) -> bool:
    """Return whether an event changed what a clock depends on."""
    if (before.status, before.paused) != (after.status, after.paused):
        return True
    return after.priority is not None and after.priority != before.priority


def _ends(events: list[StatusEvent]) -> dict[str, object]:
    """Return when the ticket was resolved and closed, as far as its events tell."""
    if not events or not (events[-1].terminal or events[-1].status == "resolved"):
        return {}
    resolved = events[-1].at
    for event in reversed(events):
        if not (event.terminal or event.status == "resolved"):
            break
        resolved = event.at
    closed = {"closed_at": events[-1].at} if events[-1].terminal else {}
    return {"resolved_at": resolved, **closed}


def fold_outages(rows: Iterable[RowResult]) -> Iterator[OutageSpan]:
    """Yield the spans in which something was not up.

    Rows that state their own end (``status_until``) are parts of one outage per key: it lasts from
    the first part that is not up to the last, and has the kind of the first. Otherwise each row is
    a change of a service's state, and a span lasts until the service's next change of kind; its
    key is the service and the start. Rows without a status, a time or a key are left out: their
    errors tell about them.
    """
    parts: dict[str, list[RowResult]] = defaultdict(list)
    changes: dict[str, list[tuple[datetime, RowResult]]] = defaultdict(list)
    for row in rows:
        at = row.fields.get("status_at")
        if row.skipped or not row.external_key or not isinstance(at, datetime):
            continue
        if not row.fields.get("status"):
            continue
        if isinstance(row.fields.get("status_until"), datetime):
            parts[row.external_key].append(row)
        else:
            changes[str(row.fields["service"])].append((at, row))
    for key, found in parts.items():
        yield from _from_parts(key, found)
    for service, dated in changes.items():
        yield from _from_changes(service, sorted(dated, key=itemgetter(0)))


def _from_parts(key: str, rows: list[RowResult]) -> Iterator[OutageSpan]:
    down = [row.fields for row in rows if row.fields["status"] != UP]
    if not down:
        return
    first = min(down, key=lambda fields: cast("datetime", fields["status_at"]))
    yield OutageSpan(
        external_key=key,
        service=str(first["service"]),
        kind=str(first["status"]),
        starts_at=cast("datetime", first["status_at"]),
        ends_at=max(cast("datetime", fields["status_until"]) for fields in down),
        title=str(first.get("title") or ""),
    )


def _from_changes(service: str, rows: list[tuple[datetime, RowResult]]) -> Iterator[OutageSpan]:
    began, held = None, UP
    word = ""
    for at, row in [*rows, (None, None)]:
        status = str(row.fields["status"]) if row else ""
        if status == held:
            continue
        if held != UP and began is not None and began != at:
            yield OutageSpan(
                external_key=f"{service} @ {began.isoformat()}",
                service=service,
                kind=held,
                starts_at=began,
                ends_at=at,
                title=word,
            )
        began, held = at, status
        word = str(row.fields.get("status_word") or "") if row else ""
