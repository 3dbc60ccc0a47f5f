"""Folding event logs into tickets and outages."""

from datetime import UTC, datetime

from exchange.domain.loading import parse_mapping
from exchange.domain.log import fold_outages, fold_tickets

TICKETS = parse_mapping(
    """
kind = "tickets"
mode = "log"
[cells]
zone = "UTC"
[key]
columns = "N"
[fields]
opened_at = "O"
status_at = "T"
status = { column = "S", values = "s", word = "status_word" }
reopen_count = "R"
[values.s]
"New" = "new"
"Active" = "in_progress"
"Awaiting user" = "on_hold"
"Fixed" = "resolved"
"Closed" = "closed"
""",
)
CHANGES = parse_mapping(
    """
kind = "outages"
mode = "log"
[key]
columns = "C"
[fields]
service = "C"
status_at = "T"
status = { column = "S", values = "state", word = "status_word" }
[values.state]
ok = "up"
slow = "degraded"
down = "unplanned"
""",
)
PARTS = parse_mapping(
    """
kind = "outages"
mode = "log"
[key]
columns = "I"
[fields]
service = { constant = "Post" }
status_at = "T"
status_until = "U"
status = { column = "S", values = { announced = "up", working = "planned", late = "unplanned" } }
""",
)


def at(hour, minute=0):
    return datetime(2026, 3, 5, hour, minute, tzinfo=UTC)


def ticket_rows(*rows):
    return [
        TICKETS.read_row(
            {
                "N": number,
                "O": "2026-03-05 08:00",
                "T": f"2026-03-05 {time}",
                "S": status,
                "R": count,
            },
        )
        for number, time, status, count in rows
    ]


def test_a_ticket_is_its_last_event_and_keeps_its_changes_of_status():
    rows = ticket_rows(
        ("1", "08:00", "New", "0"),
        ("2", "08:30", "New", "0"),
        ("1", "09:00", "Active", "0"),
        ("1", "09:30", "Active", "0"),
        ("1", "10:00", "Awaiting user", "1"),
        ("1", "11:00", "Closed", "2"),
    )
    first, second = fold_tickets(rows)
    assert (first.external_key, second.external_key) == ("1", "2")
    assert first.fields["status"] == "closed"
    assert first.fields["reopen_count"] == 2
    assert [(event.at, event.status, event.paused) for event in first.events] == [
        (at(8), "new", False),
        (at(9), "in_progress", False),
        (at(10), "on_hold", True),
        (at(11), "closed", False),
    ]
    assert not {"status_at", "paused", "terminal"} & first.fields.keys()


def test_another_priority_is_an_event_though_the_status_stands():
    mapping = parse_mapping(
        """
kind = "tickets"
mode = "log"
[cells]
zone = "UTC"
[key]
columns = "N"
[fields]
opened_at = "O"
status_at = "T"
status = { column = "S", values = { "New" = "new" } }
priority = "P"
""",
    )
    rows = [
        mapping.read_row(
            {
                "N": "1",
                "O": "2026-03-05 08:00",
                "T": f"2026-03-05 {time}",
                "S": "New",
                "P": priority,
            }
        )
        for time, priority in [("08:00", "3"), ("09:00", "3"), ("10:00", "1")]
    ]
    (ticket,) = fold_tickets(rows)
    told = [(event.at, event.priority) for event in ticket.events]
    assert told == [(at(8), 3), (at(10), 1)]
    assert ticket.fields["priority"] == 1


def test_events_are_ordered_by_time_and_else_as_the_file_has_them():
    rows = ticket_rows(
        ("1", "10:00", "Closed", "0"),
        ("1", "09:00", "Active", "0"),
        ("1", "09:00", "Awaiting user", "0"),
    )
    (ticket,) = fold_tickets(rows)
    assert [event.word for event in ticket.events] == ["Active", "Awaiting user", "Closed"]


def test_a_log_without_columns_for_it_tells_when_a_ticket_was_resolved_and_closed():
    rows = ticket_rows(
        ("1", "08:00", "New", "0"),
        ("1", "09:00", "Fixed", "0"),
        ("1", "10:00", "Active", "1"),
        ("1", "11:00", "Fixed", "1"),
        ("1", "12:00", "Closed", "1"),
        ("2", "09:00", "Fixed", "0"),
        ("3", "09:00", "Active", "0"),
    )
    closed, resolved, active = fold_tickets(rows)
    assert (closed.fields["resolved_at"], closed.fields["closed_at"]) == (at(11), at(12))
    assert resolved.fields["resolved_at"] == at(9)
    assert "closed_at" not in resolved.fields
    assert not {"resolved_at", "closed_at"} & active.fields.keys()


def test_a_column_that_gives_no_end_is_believed():
    rows = ticket_rows(("1", "09:00", "Closed", "0"))
    rows[0].fields["closed_at"] = None
    (ticket,) = fold_tickets(rows)
    assert ticket.fields["closed_at"] is None


def test_what_only_an_earlier_event_had_is_not_the_tickets_own():
    rows = ticket_rows(("1", "08:00", "New", "0"), ("1", "09:00", "Closed", "0"))
    rows[0].extra["vendor"] = "Acme"
    rows[1].extra["location"] = "Umeå"
    (ticket,) = fold_tickets(rows)
    assert ticket.extra == {"location": "Umeå"}


def test_a_refused_status_or_cell_leaves_the_ticket_standing():
    rows = ticket_rows(
        ("1", "08:00", "New", "3"),
        ("1", "09:00", "-100", "many"),
        ("1", "nonsense", "Closed", "4"),
    )
    (ticket,) = fold_tickets(rows)
    assert ticket.fields["status"] == "new"
    assert ticket.fields["reopen_count"] == 3
    assert ticket.refused == 2


def test_a_ticket_without_any_readable_event_still_stands():
    (ticket,) = fold_tickets(ticket_rows(("1", "nonsense", "New", "0")))
    assert ticket.fields["opened_at"] == at(8)
    assert ticket.fields["status"] is None
    assert ticket.events == ()


def changes(*rows):
    return [
        CHANGES.read_row({"C": service, "T": f"2026-03-05T{time}Z", "S": status})
        for service, time, status in rows
    ]


def spans(rows):
    return [(span.service, span.kind, span.starts_at, span.ends_at) for span in fold_outages(rows)]


def test_changes_of_state_become_spans_until_the_next_change_of_kind():
    rows = changes(
        ("A", "08:00", "ok"),
        ("A", "09:00", "slow"),
        ("B", "09:30", "down"),
        ("A", "10:00", "slow"),
        ("A", "11:00", "down"),
        ("A", "12:00", "ok"),
        ("A", "13:00", "ok"),
    )
    assert spans(rows) == [
        ("A", "degraded", at(9), at(11)),
        ("A", "unplanned", at(11), at(12)),
        ("B", "unplanned", at(9, 30), None),
    ]


def test_the_order_of_rows_does_not_matter_and_keys_are_stable():
    rows = changes(("A", "12:00", "ok"), ("A", "09:00", "down"))
    (span,) = fold_outages(rows)
    assert (span.starts_at, span.ends_at) == (at(9), at(12))
    assert span.external_key == "A @ 2026-03-05T09:00:00+00:00"
    assert span.title == "down"


def test_a_change_taken_back_at_once_is_no_outage():
    assert spans(changes(("A", "09:00", "down"), ("A", "09:00", "ok"))) == []


def test_an_unknown_state_neither_starts_nor_ends_an_outage():
    rows = changes(("A", "09:00", "down"), ("A", "10:00", "purple"), ("A", "11:00", "ok"))
    assert spans(rows) == [("A", "unplanned", at(9), at(11))]


def parts(*rows):
    return [
        PARTS.read_row(
            {"I": key, "T": f"2026-03-05T{begin}Z", "U": f"2026-03-05T{end}Z", "S": status}
        )
        for key, begin, end, status in rows
    ]


def test_parts_with_their_own_end_are_one_outage_per_key():
    rows = parts(
        ("7", "08:00", "09:00", "announced"),
        ("7", "09:00", "10:00", "working"),
        ("7", "10:00", "11:30", "late"),
        ("8", "08:00", "09:00", "announced"),
    )
    (span,) = fold_outages(rows)
    assert (span.external_key, span.service, span.kind) == ("7", "Post", "planned")
    assert (span.starts_at, span.ends_at) == (at(9), at(11, 30))
