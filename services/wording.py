"""Sentences and labels of services: the only place where a code becomes words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SENTENCES: dict[str, str | Promise] = {
    "work.services.recompute_clocks": _("Clocks counted anew"),
    # whom to ask
    "services.who.owner": _("the service owner or a deputy"),
    "services.who.office": _("the service office"),
    # refusals
    "services.name_needed": _("Give it a name."),
    "services.stays_in_organisation": _(
        "Services of different organisations are not joined: money and rights do not cross."
    ),
    "services.same_person": _(
        "You took the step before this one. The decision belongs to somebody else."
    ),
    "services.needs_itself": _("“%(name)s” cannot need itself."),
    "services.needs_already": _("It already needs “%(name)s”."),
    "services.group_needed": _("Name the redundant group, for example “data centres”."),
    "services.cycle": _("That would close a circle: %(path)s."),
    "services.still_needed": _("Other services need this one. Take those dependencies away first."),
    "services.agreement_empty": _("Promise something: availability, or a time for a priority."),
    "services.agreement_not_after": _("It must be after %(day)s, when the present terms began."),
    "services.target_twice": _("Priority %(priority)s has two targets of the same kind."),
    "services.target_positive": _("The time for priority %(priority)s must be above zero."),
    "services.ends_before_start": _("It ends before it starts. Swap the two."),
    "services.outage_over": _("It is over already."),
    "services.outage_ahead": _(
        "It has not begun yet. Only planned outages lie ahead; choose that kind or an earlier time."
    ),
    "services.outage_end_ahead": _(
        "It cannot have ended yet. Leave the end empty while it goes on."
    ),
    "services.agreement_ends_already": _("It ends on %(day)s already; it cannot end later."),
    "services.status_ahead": _("%(day)s lies ahead. Give the day on which it happened."),
    "services.status_before": _(
        "It entered its present status on %(day)s. The next cannot be earlier."
    ),
    "services.source_owned": _("“%(source)s” owns this. Change it there and import it again."),
    "services.entry_planned_elsewhere": _("Another record plans this. Change it there."),
    "services.measure_twice": _("There is a measure called “%(name)s” already."),
    "services.day_twice": _("The same day stands twice. Keep one reading a day."),
    "services.day_ahead": _("%(day)s lies ahead. Readings are of days that have been."),
    "services.reading_half": _("A reading has both a day and a value."),
    "services.ends_needed": _("Say when somebody looked again."),
    "services.length_bad": _("Write hours and minutes, for example “4 h” or “1 h 30 min”."),
    # what an import says
    "services.import_name_needed": _("The service has no name."),
    "services.import_twice": _("The same number stands twice among these rows."),
    "services.import_moved_on": _("It has been changed since, and stays as it is."),
    "services.import_no_opening": _("The row does not say when the incident was opened."),
    "services.import_resolved_first": _("It was resolved before it was opened."),
    "services.import_priority": _("Priority is a number from 1 to 5, for example 3."),
    "services.import_status": _("“%(value)s” is no status of a service."),
    "services.import_tier": _("A tier is a number from 1, critical, to 4, minor."),
    "services.import_kind": _("An outage is unplanned, planned or degraded."),
    "services.import_unit_unknown": _("There is no unit called “%(value)s”."),
    "services.import_service_unknown": _("There is no service called “%(value)s”."),
    "services.import_no_start": _("The row does not say when the outage began."),
    "services.import_measure_unknown": _("The row names no measure."),
    "services.import_no_value": _("The row has no day or no value."),
    # why availability has its colour
    "services.down_now": _("Down now, for %(minutes)s minutes."),
    "services.availability_below": _(
        "%(agreed)s %% available in 30 days against %(target)s %% promised."
    ),
    "services.availability_month_below": _(
        "%(agreed)s %% available in the last complete month against %(target)s %% promised."
    ),
    "services.downtime_used": _(
        "%(used)s %% of the allowed downtime of 30 days is used: %(agreed)s %% available, "
        "%(target)s %% promised."
    ),
    "services.availability_kept": _("%(agreed)s %% available in 30 days, %(target)s %% promised."),
    "services.experienced_below": _(
        "The agreement is kept, yet users experienced %(experienced)s %% against %(target)s %%."
    ),
    "services.availability_not_watched": _("Nobody has recorded an outage or a reading."),
    "services.coverage_too_low": _("Only %(coverage)s %% of the agreed time is known."),
    # why service levels has its colour
    "services.resolve_kept": _(
        "Priority %(priority)s: %(share)s %% restored in time, %(target)s %% promised; "
        "%(missed)s of %(of)s were late since %(since)s."
    ),
    "services.resolve_missed": _(
        "Priority %(priority)s: %(share)s %% restored in time against %(target)s %% promised; "
        "%(missed)s of %(of)s were late since %(since)s."
    ),
    "services.respond_kept": _(
        "Priority %(priority)s: %(share)s %% answered in time, %(target)s %% promised; "
        "%(missed)s of %(of)s were late since %(since)s."
    ),
    "services.respond_missed": _(
        "Priority %(priority)s: %(share)s %% answered in time against %(target)s %% promised; "
        "%(missed)s of %(of)s were late since %(since)s."
    ),
    "services.no_incidents_in_period": _("No incident has ended since the last complete month."),
    "services.no_incidents_known": _("No incident has ever been recorded."),
    "services.no_recent_reading": _("The leading measure has no recent reading."),
    "services.measure_misses_target": _("%(name)s is %(value)s, the target is %(target)s."),
    "services.measure_outside_limits": _("%(name)s, %(value)s, is worse than its usual variation."),
    "services.measure_kept": _("%(name)s is %(value)s, within the target %(target)s."),
    # why incidents has its colour
    "services.major_open": _("Major incidents open: %(count)s."),
    "services.backlog_late": _("%(count)s of %(of)s open incidents are past their time."),
    "services.backlog_old": _("%(count)s of %(of)s open incidents are older than %(days)s days."),
    "services.backlog_grows": _(
        "%(opened)s opened in 28 days and %(resolved)s resolved: the backlog grows."
    ),
    "services.backlog_in_hand": _("%(count)s open, in hand."),
    # why satisfaction has its colour
    "services.no_survey": _("No survey has been entered."),
    "services.survey_old": _("The last survey is from %(day)s."),
    "services.survey_without_target": _("Satisfaction has no target."),
    "services.satisfaction_kept": _("Satisfaction is %(value)s, the target is %(target)s."),
    "services.satisfaction_below": _("Satisfaction is %(value)s against the target %(target)s."),
    # whether what a service stands on bears its promise
    "services.promise.no_agreement": _("Nothing is agreed with %(link)s."),
    "services.promise.agreement_ends_first": _(
        "The agreement of %(link)s ends %(ends_on)s; it is needed until %(needed_until)s."
    ),
    "services.promise.hours_short": _(
        "%(link)s is closed in promised hours: first from %(from)s to %(until)s, in all "
        "%(uncovered_time)s in four weeks."
    ),
    "services.promise.target_missing": _(
        "%(link)s promises no time for priority %(priority)s, %(measure)s."
    ),
    "services.promise.target_short": _(
        "Priority %(priority)s, %(measure)s: %(promised_time)s is promised here, but %(link)s may "
        "take %(supported_time)s of its own hours."
    ),
    "services.promise.availability_missing": _("%(link)s promises no availability."),
    "services.promise.availability_short": _(
        "%(promised)s %% is promised here, but %(link)s promises only %(supported)s %%."
    ),
    "services.promise.tier_lower": _(
        "It is of tier %(tier)s and cannot do without %(link)s of tier %(link_tier)s."
    ),
    "services.promise.modelled_availability_unknown": _(
        "What is possible cannot be computed: no availability is promised by %(unknown)s."
    ),
    "services.promise.modelled_availability_short": _(
        "%(promised)s %% is promised, %(modelled)s %% is possible by what it stands on."
    ),
    # what a plan collides with
    "services.collision.inside_freeze": _("Inside the freeze “%(other)s”."),
    "services.collision.outside_maintenance_window": _("Outside every maintenance window."),
    "services.collision.overruns_maintenance_window": _(
        "Goes on after the maintenance window “%(other)s”."
    ),
    "services.collision.same_service": _("At the same time as “%(other)s”."),
    "services.collision.linked_service": _("At the same time as “%(other)s” on %(linked)s."),
    "services.collision.go_lives_close": _(
        "Only %(days)s days from the go-live “%(other)s”; %(least)s are wanted."
    ),
    "services.collision.overlaps_early_life": _("During the early life support “%(other)s”."),
    "services.collision.major_incident_open": _("A major incident is open."),
    # what a clock's interval counted as
    "services.clock.counted": _("counted: service hours"),
    "services.clock.outside_hours": _("not counted: outside service hours"),
    "services.clock.pausing_state": _("not counted: waiting for somebody else"),
    "services.clock.paused": _("not counted: paused"),
    "services.clock.stopped": _("not counted: resolved"),
}

ACTIONS: dict[str, str | Promise] = {
    "service.created": _("Service created"),
    "service.edited": _("Service changed"),
    "service.status_changed": _("Status changed"),
    "service.archived": _("Service archived"),
    "service.restored": _("Service restored"),
    "service.dependency_added": _("Dependency added"),
    "service.dependency_removed": _("Dependency removed"),
    "service.agreement_set": _("New terms of an agreement"),
    "service.agreement_ended": _("Agreement ended"),
    "service.measure_added": _("Measure added"),
    "service.measure_edited": _("Measure changed"),
    "service.readings_entered": _("Readings entered"),
    "service.gap_recorded": _("Gap in monitoring recorded"),
    "service.imported": _("Service imported"),
    "services.imported": _("Services imported"),
    "service.import_undone": _("Import undone"),
    "outage.recorded": _("Outage recorded"),
    "outage.edited": _("Outage changed"),
    "outage.closed": _("Outage ended"),
    "outage.withdrawn": _("Outage withdrawn"),
    "service.gap_removed": _("Gap in monitoring removed"),
    "outage.imported": _("Outage imported"),
    "incidents.imported": _("Incidents imported"),
    "incidents.import_undone": _("Import of incidents undone"),
    "outages.imported": _("Outages imported"),
    "outages.import_undone": _("Import of outages undone"),
    "measures.imported": _("Readings imported"),
    "measures.import_undone": _("Import of readings undone"),
    "services.import_undone": _("Import of services undone"),
    "incident.imported": _("Incident imported"),
    "incident.import_undone": _("Import of incident undone"),
    "outage.import_undone": _("Import of outage undone"),
    "services.clocks_recomputed": _("Clocks computed anew"),
    "calendar.entry_added": _("Calendar entry added"),
    "calendar.entry_removed": _("Calendar entry removed"),
}

DIMENSIONS: dict[str, str | Promise] = {
    "availability": _("Availability"),
    "service_levels": _("Service levels"),
    "incidents": _("Incidents"),
    "change": _("Change"),
    "satisfaction": _("Satisfaction"),
    "cost": _("Cost"),
}

STAGES: dict[str, str | Promise] = {
    "strategy": _("Strategy"),
    "design": _("Design"),
    "transition": _("Transition"),
    "operation": _("Operation"),
    "retirement": _("Retirement"),
}

EVERYDAY: dict[str, str | Promise] = {
    "planned": pgettext_lazy("service", "planned"),
    "introduced": pgettext_lazy("service", "being introduced"),
    "in_operation": pgettext_lazy("service", "in operation"),
    "phased_out": pgettext_lazy("service", "being phased out"),
    "retired": pgettext_lazy("service", "retired"),
}

SECTIONS: dict[str, str | Promise] = {
    "pipeline": pgettext_lazy("service", "pipeline"),
    "catalogue": pgettext_lazy("service", "catalogue"),
    "retired": pgettext_lazy("service", "retired"),
}

EVIDENCE: dict[str, str | Promise] = {
    "purpose": _("a purpose"),
    "owner": _("a service owner"),
    "cost": _("the cost a year"),
    "service_hours": _("service hours"),
    "agreement": _("an agreement in force"),
    "no_consumers": _("no other service that needs it"),
}


def status_word(code: str) -> str | Promise:
    """Return the name of one of the twelve statuses."""
    from services.models.service import STATUSES  # noqa: PLC0415  models need the app registry

    return dict(STATUSES).get(code, code)


def evidence_words(codes: Iterable[str]) -> str:
    """Return what is missing, as a list in words."""
    return ", ".join(str(EVIDENCE.get(code, code)) for code in codes)
