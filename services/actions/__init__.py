"""Writes of the services app: one function per use case, access and audit inside."""

from services.actions.agreements import Target, Terms, end_agreement, set_agreement
from services.actions.measures import Reading, add_measure, add_point, add_points, edit_measure
from services.actions.outages import (
    add_calendar_entry,
    close_outage,
    edit_outage,
    record_gap,
    record_outage,
    remove_calendar_entry,
    remove_gap,
    withdraw_outage,
)
from services.actions.services import (
    add_dependency,
    archive_service,
    change_status,
    create_service,
    edit_service,
    remove_dependency,
    restore_service,
    unassigned,
)

__all__ = [
    "Reading",
    "Target",
    "Terms",
    "add_calendar_entry",
    "add_dependency",
    "add_measure",
    "add_point",
    "add_points",
    "archive_service",
    "change_status",
    "close_outage",
    "create_service",
    "edit_measure",
    "edit_outage",
    "edit_service",
    "end_agreement",
    "record_gap",
    "record_outage",
    "remove_calendar_entry",
    "remove_dependency",
    "remove_gap",
    "restore_service",
    "set_agreement",
    "unassigned",
    "withdraw_outage",
]
