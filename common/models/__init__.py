"""The kernel's tables."""

from common.models.audit import AuditEvent
from common.models.calendars import CalendarException, WorkCalendar, WorkSegment
from common.models.jobs import Heartbeat, Job
from common.models.marks import ChangeMark
from common.models.posts import FormKey
from common.models.records import Imported, StandingBase, Versioned
from common.models.requirements import Requirement
from common.models.rules import RuleSet, Word, WordPack

__all__ = [
    "AuditEvent",
    "CalendarException",
    "ChangeMark",
    "FormKey",
    "Heartbeat",
    "Imported",
    "Job",
    "Requirement",
    "RuleSet",
    "StandingBase",
    "Versioned",
    "Word",
    "WordPack",
    "WorkCalendar",
    "WorkSegment",
]
