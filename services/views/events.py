"""What happens to a service: agreements, outages, measures and its calendar."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common import clock
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.render import go
from common.web.requests import Request
from services import access, actions
from services.forms import (
    AgreementForm,
    CalendarEntryForm,
    CloseForm,
    EndForm,
    MeasureForm,
    OutageForm,
)
from services.models import Agreement, Service
from services.views.services import url_of


def _editable(request: Request, key: str) -> Service:
    service = access.get_service_for(request.user, key)
    access.check_can_edit_service(request.user, service)
    return service


def zone_of(service: Service) -> str:
    """Return the zone in which people of the organisation tell the time."""
    return service.root.zone or "UTC"


def _page(heading: str, service: Service, **more: Any) -> dict[str, Any]:
    return {"heading": heading, "service": service, "back": url_of(service), **more}


@signed_in
@require_http_methods(["GET", "POST"])
def set_agreement(request: Request, key: str) -> HttpResponse:
    """New terms; they start from the terms in force, given by `?from=`."""
    service = _editable(request, key)
    last: Agreement | None = None
    if request.GET.get("from", "").isdecimal():
        last = access.get_agreement_for(request.user, key, int(request.GET["from"]))
    today = clock.today(zone_of(service))
    initial: dict[str, Any] = {"starts_on": today, "degraded_weight": 1}
    if last is not None:
        names = AgreementForm.base_fields.keys() - {"starts_on", "form_key", "version"}
        initial |= {name: getattr(last, name) for name in names}
    form = AgreementForm(request.POST or None, agreement=last, initial=initial)

    def save() -> str:
        data = form.cleaned_data
        actions.set_agreement(
            service,
            form.terms(),
            by=request.user,
            starts_on=data["starts_on"],
            kind=data["kind"],
            party=data["party"],
        )
        return url_of(service)

    return answer_form(
        request,
        "services/agreement_form.html",
        form,
        save,
        said=_("The terms are saved. They hold from the day you gave."),
        context=_page(_("New terms for %(name)s") % {"name": service}, service, last=last),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def end_agreement(request: Request, key: str, pk: int) -> HttpResponse:
    """End an agreement."""
    service = _editable(request, key)
    agreement = access.get_agreement_for(request.user, key, pk)
    form = EndForm(request.POST or None, initial={"ends_on": clock.today(zone_of(service))})

    def save() -> str:
        actions.end_agreement(agreement, by=request.user, ends_on=form.cleaned_data["ends_on"])
        return url_of(service)

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("The agreement ends on the day you gave."),
        context=_page(_("End version %(no)s") % {"no": agreement.version_no}, service),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def record_outage(request: Request, key: str) -> HttpResponse:
    """Record an outage, or a stretch in which nobody looked."""
    service = _editable(request, key)
    now = clock.now().replace(second=0, microsecond=0)
    form = OutageForm(
        request.POST or None,
        zone=zone_of(service),
        initial={"starts_at": now - dt.timedelta(hours=1)},
    )

    def save() -> str:
        values = form.values()
        if values.pop("kind") == "no_data":
            actions.record_gap(service, by=request.user, **values)
        else:
            actions.record_outage(
                service, by=request.user, kind=form.cleaned_data["kind"], **values
            )
        return url_of(service)

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("The outage is saved."),
        context=_page(_("An outage of %(name)s") % {"name": service}, service),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def edit_outage(request: Request, key: str, pk: int) -> HttpResponse:
    """Change an outage recorded here."""
    service = _editable(request, key)
    outage = access.get_outage_for(request.user, key, pk)
    form = OutageForm(
        request.POST or None,
        zone=zone_of(service),
        is_new=False,
        initial=OutageForm.initial_of(outage),
    )

    def save() -> str:
        expected = form.cleaned_data["version"] or 0
        actions.edit_outage(outage, by=request.user, expected=expected, **form.values())
        return reverse("services:outages", args=[service.key])

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("The outage is saved."),
        context=_page(_("Change the outage"), service),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def close_outage(request: Request, key: str, pk: int) -> HttpResponse:
    """Say when an open outage ended."""
    service = _editable(request, key)
    outage = access.get_outage_for(request.user, key, pk)
    now = clock.now().replace(second=0, microsecond=0)
    form = CloseForm(
        request.POST or None,
        zone=zone_of(service),
        initial={"ends_at": now, "version": outage.version},
    )

    def save() -> str:
        data = form.cleaned_data
        actions.close_outage(
            outage, by=request.user, expected=data["version"] or 0, ends_at=data["ends_at"]
        )
        return url_of(service)

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("The outage is ended."),
        context=_page(_("The outage is over"), service),
    )


@signed_in
@require_POST
def withdraw_outage(request: Request, key: str, pk: int) -> HttpResponse:
    """Take back an outage that was recorded by mistake."""
    outage = access.get_outage_for(request.user, key, pk)
    actions.withdraw_outage(outage, by=request.user)
    messages.success(request, _("The outage is withdrawn; it no longer counts."))
    return go(request, reverse("services:outages", args=[outage.service.key]))


@signed_in
@require_POST
def remove_gap(request: Request, key: str, pk: int) -> HttpResponse:
    """Take back that nobody looked."""
    gap = access.get_gap_for(request.user, key, pk)
    service = gap.service
    actions.remove_gap(gap, by=request.user)
    messages.success(request, _("The gap is removed."))
    return go(request, reverse("services:outages", args=[service.key]))


@signed_in
@require_http_methods(["GET", "POST"])
def add_measure(request: Request, key: str) -> HttpResponse:
    """Add a measure."""
    service = _editable(request, key)
    form = MeasureForm(request.POST or None)

    def save() -> str:
        measure = actions.add_measure(service, by=request.user, **form.values())
        return reverse("services:measure", args=[service.key, measure.pk])

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("The measure is saved. Enter its readings below."),
        context=_page(_("A new measure of %(name)s") % {"name": service}, service),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def edit_measure(request: Request, key: str, pk: int) -> HttpResponse:
    """Change a measure."""
    service = _editable(request, key)
    measure = access.get_measure_for(request.user, key, pk)
    form = MeasureForm(request.POST or None, initial=MeasureForm.initial_of(measure))

    def save() -> str:
        expected = form.cleaned_data["version"] or 0
        actions.edit_measure(measure, by=request.user, expected=expected, **form.values())
        return reverse("services:measure", args=[service.key, measure.pk])

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("The measure is saved."),
        context=_page(_("Change %(name)s") % {"name": measure}, service),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def add_calendar_entry(request: Request, key: str) -> HttpResponse:
    """Put something on the service's calendar."""
    service = _editable(request, key)
    form = CalendarEntryForm(request.POST or None, zone=zone_of(service))

    def save() -> str:
        data = dict(form.cleaned_data)
        del data["form_key"], data["version"]
        actions.add_calendar_entry(by=request.user, service=service, **data)
        return url_of(service)

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("It is on the calendar."),
        context=_page(_("Plan something for %(name)s") % {"name": service}, service),
    )


@signed_in
@require_POST
def remove_calendar_entry(request: Request, key: str, pk: int) -> HttpResponse:
    """Take an entry off the calendar."""
    entry = access.get_calendar_entry_for(request.user, key, pk)
    service = entry.service
    actions.remove_calendar_entry(entry, by=request.user)
    messages.success(request, _("It is off the calendar."))
    return go(request, url_of(service) if service else reverse("services:list"))
