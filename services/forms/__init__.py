"""The shape of what people enter about services."""

from services.forms.agreements import AgreementForm, EndForm
from services.forms.events import CalendarEntryForm, CloseForm, OutageForm
from services.forms.measures import MeasureForm, ReadingsForm
from services.forms.records import DependencyForm, ServiceForm, StatusForm

__all__ = [
    "AgreementForm",
    "CalendarEntryForm",
    "CloseForm",
    "DependencyForm",
    "EndForm",
    "MeasureForm",
    "OutageForm",
    "ReadingsForm",
    "ServiceForm",
    "StatusForm",
]
