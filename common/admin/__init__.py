"""Django admin for reference data: every save is audited and marks what it moves.

Who gets in is decided by our roles (`BryggaAdminSite`), not by Django's own permissions. Nothing
is deleted in bulk; business records and ledgers are read-only.
"""

from common.admin.calendars import add_holidays
from common.admin.house import (
    AuditedAdmin,
    HouseAdmin,
    HouseInline,
    ReadOnlyAdmin,
    YesNoFilter,
    lines,
)
from common.admin.ledgers import AuditEventAdmin, JobAdmin
from common.admin.words import WordPackAdmin

__all__ = [
    "AuditEventAdmin",
    "AuditedAdmin",
    "HouseAdmin",
    "HouseInline",
    "JobAdmin",
    "ReadOnlyAdmin",
    "WordPackAdmin",
    "YesNoFilter",
    "add_holidays",
    "lines",
]
