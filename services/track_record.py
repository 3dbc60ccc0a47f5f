"""What happened to a service beside what is promised: attainment, both truths, lost time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import calendars, formats
from common.domain.periods import Period, local_day, local_day_bounds
from common.domain.worktime import WorkCalendar
from common.web.svg import Availability as AvailabilityLine
from common.web.svg import OutageDay, OutageRibbon
from services import access
from services.domain.availability import Availability, Outage, OutageKind, measure
from services.domain.facts import HUNDRED, Promise
from services.domain.health import policy_of
from services.models import Service
from services.promise_rows import PromiseRow, promise_row, target_label
from services.queries.detail import AgreementRow, attainment_by_month
from services.queries.events import EventRow
from services.queries.windows import unwatched_before, watched_from

RIBBON_DAYS = 91
NAMED_OUTAGES = 4


def start_of_days(zone: str, today: dt.date, days: int) -> dt.datetime:
    """Return the first instant of so many local days that end today."""
    return local_day_bounds(zone, today - dt.timedelta(days=days - 1))[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementCard:
    """An agreement in force with its promises."""

    row: AgreementRow
    hours: str
    promises: tuple[PromiseRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityCard:
    """Both truths of the last complete month."""

    chart: AvailabilityLine | None
    month: str
    coverage: str
    sentence: str
    silence: str


@dataclass(kw_only=True)
class TrackRecord:
    """What happened beside what is promised, for the panels that set one against the other."""

    service: Service
    zone: str
    now: dt.datetime
    #: how far back anything is looked at
    since: dt.datetime
    months: Sequence[Period]
    #: every version of an agreement that held in these months or holds now
    versions: Sequence[AgreementRow]
    happened: Sequence[EventRow]

    @cached_property
    def today(self) -> dt.date:
        """The day it is where the service is."""
        return local_day(self.zone, self.now)

    @cached_property
    def agreed(self) -> list[AgreementRow]:
        """The agreements that hold today."""
        return [row for row in self.versions if row.holds(self.today)]

    @cached_property
    def sla(self) -> AgreementRow | None:
        """The agreement that rules clocks and availability today."""
        return self.sla_on(self.today)

    def sla_on(self, day: dt.date) -> AgreementRow | None:
        """Return the agreement that ruled clocks and availability on a day."""
        return next((row for row in self.versions if row.kind == "sla" and row.holds(day)), None)

    def ruling_day(self, month: Period) -> dt.date:
        """Return the day whose terms a month is judged by: its last, at most today."""
        return min(month.end - dt.timedelta(days=1), self.today)

    @cached_property
    def rows(self) -> list[EventRow]:
        """The outages."""
        return [row for row in self.happened if row.table == "outage"]

    @cached_property
    def outages(self) -> list[Outage]:
        """The outages as the domain knows them."""
        return [
            Outage(key=str(row.id), start=row.starts_at, end=row.ends_at, kind=OutageKind(row.kind))
            for row in self.rows
        ]

    @cached_property
    def gaps(self) -> list[tuple[dt.datetime, dt.datetime]]:
        """The stretches in which nobody looked, the time before anybody did among them."""
        return [
            (row.starts_at, row.ends_at)
            for row in self.happened
            if row.table == "gap" and row.ends_at
        ] + list(unwatched_before(self.known_from, self.since))

    @cached_property
    def known_from(self) -> dt.datetime | None:
        """When knowledge begins; None when nobody ever looked: silence is not availability."""
        return watched_from(self.zone, access.first_seen(self.service))

    @cached_property
    def is_watched(self) -> bool:
        """Whether anything was ever recorded."""
        return self.known_from is not None

    @cached_property
    def edges(self) -> list[dt.datetime]:
        """The instants at which the months begin, and the end of the last."""
        return [month.bounds(self.zone)[0] for month in self.months] + [
            self.months[-1].bounds(self.zone)[1]
        ]

    def hours_of(self, row: AgreementRow | None) -> WorkCalendar:
        """Return the hours that count: the agreement's, the service's, or the organisation's."""
        if row and row.calendar_id and row.calendar_version:
            return calendars.hours({row.calendar_id: row.calendar_version})[row.calendar_id]
        chosen = self.service.calendar or self.service.root.calendar
        if chosen is not None:
            return calendars.hours({chosen.pk: chosen.version})[chosen.pk]
        return calendars.always_open(self.zone)

    def hours_text(self, row: AgreementRow | None) -> str:
        """Return the name of the hours an agreement counts in, or that hold without one."""
        chosen = self.service.calendar or self.service.root.calendar
        return (row.calendar_name if row else "") or (str(chosen) if chosen else _("all hours"))

    def hours_version(self, row: AgreementRow | None) -> int | None:
        """Return which version of those hours counts; None where no calendar was chosen."""
        if row and row.calendar_id:
            return row.calendar_version
        chosen = self.service.calendar or self.service.root.calendar
        return chosen.version if chosen else None

    def measured_month(self, month: Period) -> Availability:
        """Return the availability of a month, by the SLA that held at its end."""
        return self.measured(*month.bounds(self.zone), self.sla_on(self.ruling_day(month)))

    def measured(
        self, start: dt.datetime, end: dt.datetime, sla: AgreementRow | None
    ) -> Availability:
        """Return the availability of an interval, by that SLA."""
        promise = (
            Promise(
                version_no=sla.version_no,
                availability=sla.availability_target,
                degraded_weight=sla.degraded_weight,
                counts_planned=sla.counts_planned,
                targets=(),
            )
            if sla
            else None
        )
        return measure(
            self.outages,
            policy=policy_of(promise, self.hours_of(sla)),
            start=start,
            end=end,
            as_of=self.now,
            unknown=self.gaps,
        )

    def cards(self) -> list[AgreementCard]:
        """Return the agreements in force with their promises."""
        kept = attainment_by_month(self.service, self.edges)
        last = f"{self.months[-1].start:%Y-%m}"
        cards = []
        for row in self.agreed:
            promises = [self._availability_promise(row)] if row.availability_target else []
            # Clocks run by the service's SLA; an OLA or a contract is held against the same ones.
            for target in row.targets:
                what = target.priority, target.measure
                months = [kept.get((*what, at)) for at in range(len(self.months))]
                promises.append(
                    promise_row(
                        label=target_label(target.measure, target.priority, target.seconds),
                        target=target.share,
                        decimals=1,
                        results=[
                            HUNDRED * month.kept / month.judged if month and month.judged else None
                            for month in months
                        ],
                        promised=[held.share_of(*what) if held else None for held in self._of(row)],
                        url=f"incidents/?priority={target.priority}&month={last}",
                    )
                )
            cards.append(
                AgreementCard(row=row, hours=self.hours_text(row), promises=tuple(promises))
            )
        return cards

    def _availability_promise(self, row: AgreementRow) -> PromiseRow:
        results: list[Decimal | None] = []
        for month in self.months:
            value = (
                self.measured_month(month).agreed.availability.value if self.is_watched else None
            )
            results.append(None if value is None else value * HUNDRED)
        return promise_row(
            label=_("Available in service hours"),
            target=row.availability_target,
            decimals=2,
            results=results,
            promised=[held.availability_target if held else None for held in self._of(row)],
            url="availability/",
        )

    def _of(self, line: AgreementRow) -> list[AgreementRow | None]:
        """Return, month by month, the version of an agreement that ruled it."""
        same = [row for row in self.versions if (row.kind, row.party) == (line.kind, line.party)]
        days = [self.ruling_day(month) for month in self.months]
        return [next((row for row in same if row.holds(day)), None) for day in days]

    def availability(self) -> AvailabilityCard | None:
        """Return both truths of the last complete month; None when nobody has ever looked."""
        if not self.is_watched:
            return None
        month = self.months[-1]
        found = self.measured_month(month)
        agreed, experienced = found.agreed.availability.value, found.experienced.availability.value
        coverage = found.coverage.value
        chart = None
        if agreed is not None and experienced is not None:
            sla = self.sla_on(self.ruling_day(month))
            target = sla.availability_target if sla else None
            shown = {
                "agreed": formats.format_percent(agreed * HUNDRED, 2),
                "experienced": formats.format_percent(experienced * HUNDRED, 2),
            }
            chart = AvailabilityLine(
                agreed=agreed * HUNDRED,
                experienced=experienced * HUNDRED,
                target=target,
                label=_("Agreed %(agreed)s, experienced %(experienced)s") % shown,
            )
        excused = int(found.experienced.down_seconds - found.agreed.down_seconds)
        return AvailabilityCard(
            chart=chart,
            month=month_name(month),
            coverage=formats.format_share(coverage, 1),
            sentence=_("The agreement leaves out %(length)s that users met all the same.")
            % {"length": formats.format_duration(excused, days=False)}
            if excused > 0
            else _("The agreement leaves out nothing: both figures are the same."),
            silence=_("Nobody looked for %(length)s; it counts as neither up nor down.")
            % {"length": formats.format_duration(found.unknown_seconds, days=False)}
            if found.unknown_seconds
            else "",
        )

    def ribbon(self, today: dt.date) -> OutageRibbon | None:
        """Return thirteen weeks day by day as experienced; None when nobody has ever looked."""
        if not self.is_watched:
            return None
        named = self._named(today)
        days = []
        for back in range(RIBBON_DAYS - 1, -1, -1):
            day = today - dt.timedelta(days=back)
            kind, lost = self._day(day)
            row = named.get(day)
            days.append(
                OutageDay(
                    day=day,
                    kind=kind,
                    lost_minutes=lost,
                    caption=_caption(row, self.now) if row else "",
                )
            )
        down = sum(1 for day in days if day.kind in {"down", "degraded"})
        label = ngettext(
            "%(count)s day with lost time in 13 weeks",
            "%(count)s days with lost time in 13 weeks",
            down,
        ) % {"count": down}
        return OutageRibbon(days=tuple(days), label=label)

    def _named(self, today: dt.date) -> dict[dt.date, EventRow]:
        """The longest outages of the ribbon, by the day they began."""
        first = start_of_days(self.zone, today, RIBBON_DAYS)
        rows = [row for row in self.rows if row.kind != "planned" and row.starts_at >= first]
        rows.sort(key=lambda row: (row.ends_at or self.now) - row.starts_at, reverse=True)
        return {local_day(self.zone, row.starts_at): row for row in rows[:NAMED_OUTAGES][::-1]}

    def _day(self, day: dt.date) -> tuple[str, int]:
        start, end = local_day_bounds(self.zone, day)
        end = min(end, self.now)
        lost = {"unplanned": 0, "degraded": 0, "planned": 0}
        for row in self.rows:
            seconds = _overlap(row.starts_at, row.ends_at or self.now, start, end)
            lost[row.kind] += seconds // 60
        for kind, word in (("unplanned", "down"), ("degraded", "degraded"), ("planned", "planned")):
            if lost[kind]:
                return word, lost[kind]
        if any(_overlap(begun, ended, start, end) for begun, ended in self.gaps):
            return "no_data", 0
        return "up", 0

    def ribbon_note(self, today: dt.date) -> str:
        """Return mean time to restore and breaks of the ribbon's weeks, as experienced."""
        if not self.is_watched:
            return ""
        start = start_of_days(self.zone, today, RIBBON_DAYS)
        found = self.measured(start, self.now, self.sla).experienced
        if not found.breaks or found.mtrs_seconds.value is None:
            return _("No break in 13 weeks")
        return ngettext(
            "Mean time to restore %(length)s, %(count)s break",
            "Mean time to restore %(length)s, %(count)s breaks",
            found.breaks,
        ) % {
            "length": formats.format_duration(int(found.mtrs_seconds.value), days=False),
            "count": found.breaks,
        }


def _overlap(
    starts_at: dt.datetime, ends_at: dt.datetime, start: dt.datetime, end: dt.datetime
) -> int:
    """Return the seconds two intervals share."""
    return max(0, int((min(ends_at, end) - max(starts_at, start)).total_seconds()))


def _caption(row: EventRow, now: dt.datetime) -> str:
    length = formats.format_duration(int(((row.ends_at or now) - row.starts_at).total_seconds()))
    return f"{row.title}, {length}" if row.title else length


def month_name(month: Period) -> str:
    """Return a month as every list writes it, e.g. 2026-10."""
    return f"{month.start:%Y}{formats.HYPHEN}{month.start:%m}"
