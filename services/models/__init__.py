"""What is known of services: the record, its promises, and whatever happens to it."""

from services.models.agreement import Agreement, AgreementTarget
from services.models.calendar import CalendarEntry
from services.models.incident import Incident, StatusSpan
from services.models.measure import Measure, MeasurePoint
from services.models.outage import MonitoringGap, Outage
from services.models.service import UNASSIGNED, Service, ServiceDependency, StatusEntry
from services.models.standing import ServiceStanding

__all__ = [
    "UNASSIGNED",
    "Agreement",
    "AgreementTarget",
    "CalendarEntry",
    "Incident",
    "Measure",
    "MeasurePoint",
    "MonitoringGap",
    "Outage",
    "Service",
    "ServiceDependency",
    "ServiceStanding",
    "StatusEntry",
    "StatusSpan",
]
