"""Readings of a file: measures found or made by name, corrections as new revisions."""

from collections.abc import Sequence
from typing import Any

from common import audit, clock
from common.imports import ImportContext, ImportedRecord, Outcome, folded, kept, stands_as, undone
from common.subjects import Subject
from services.actions.imports.places import Services
from services.actions.services import subject_of
from services.models import Measure, MeasurePoint, Service

_NAME = 120


def compare_measures(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Return what would become of each record. Reads only; three statements."""
    places = Services(context, (_service_name(record) for record in records))
    return _Readings(records, context, places).compare()


def apply_measures(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write at most 500 readings; one that differs from the day's present one is a new revision.

    The measure, and its service where the file may make it, are made when first named.
    """
    places = Services(context, (_service_name(record) for record in records))
    for record in records:
        if not _refusal(record) and not places.made_none(_service_name(record)):
            places.place(_service_name(record))
    return _Readings(records, context, places).apply()


def undo_measures(outcomes: Sequence[Outcome], context: ImportContext) -> list[Outcome]:
    """Take back imported readings that are still the newest of their day."""
    points = MeasurePoint.objects.select_related("measure").in_bulk(
        [told.subject.id for told in outcomes if told.subject]
    )
    answers, gone = [], []
    for told in outcomes:
        point = points.get(told.subject.id) if told.subject else None
        if point is None or not point.is_current or told.state not in {"new", "changed"}:
            answers.append(kept(told, "services.import_moved_on"))
            continue
        gone.append((told, point))
        answers.append(undone(told))
    MeasurePoint.objects.filter(pk__in=[point.pk for _, point in gone]).delete()
    for _told, point in gone:
        if point.revision > 1:
            before = MeasurePoint.objects.filter(
                measure=point.measure_id, on=point.on, revision=point.revision - 1
            )
            before.update(is_current=True)
    if gone:
        audit.record_batch(
            "measures.import_undone",
            by=context.by,
            batch=context.batch,
            items=[
                ("service.import_undone", subject_of(point.measure.service_id), told.after, {})
                for told, point in gone
            ],
        )
    return answers


def _service_name(record: ImportedRecord) -> str:
    return str(record.fields.get("service") or "")


def _refusal(record: ImportedRecord) -> tuple[str, str] | None:
    if not str(record.fields.get("measure") or "").strip():
        return "measure", "services.import_measure_unknown"
    if record.fields.get("value") is None or record.fields.get("period_on") is None:
        return "value", "services.import_no_value"
    return None


class _Readings:
    """The records of a chunk beside what is known of their measures and days."""

    def __init__(
        self, records: Sequence[ImportedRecord], context: ImportContext, places: Services
    ) -> None:
        self.records, self.context, self.places = records, context, places
        services = {
            found.pk: found
            for record in records
            if (found := places.find(_service_name(record))) is not None
        }
        self.measures: dict[tuple[int, str], Measure] = {}
        self.leads: set[int] = set()
        for row in Measure.objects.filter(service__in=services, archived_at=None):
            self.measures[row.service_id, folded(row.name)] = row
            if row.is_primary:
                self.leads.add(row.service_id)
        days = {day for record in records if (day := record.fields.get("period_on")) is not None}
        self.points = {
            (point.measure_id, point.on): point
            for point in MeasurePoint.objects.filter(
                measure__in=[row.pk for row in self.measures.values()],
                on__in=days,
                is_current=True,
            )
        }

    def compare(self) -> list[Outcome]:
        """Return the outcomes without writing."""
        return [self._judge(record)[0] for record in self.records]

    def apply(self) -> list[Outcome]:
        """Write, and return the outcomes."""
        now = clock.now()
        outcomes: list[tuple[Outcome, MeasurePoint | None]] = []
        fresh, items = [], []
        for record in self.records:
            outcome, known = self._judge(record)
            if outcome.state not in {"new", "changed"}:
                outcomes.append((outcome, None))
                continue
            measure = self._measure(record)
            point = MeasurePoint(
                measure=measure,
                on=record.fields["period_on"],
                value=record.fields["value"],
                n=record.fields.get("n"),
                source=self.context.source,
                entered_at=now,
                revision=known.revision + 1 if known else 1,
            )
            self.points[measure.pk, point.on] = point
            fresh.append((point, known))
            outcomes.append((outcome, point))
            items.append((measure.service_id, outcome))
        MeasurePoint.objects.filter(
            pk__in=[known.pk for _, known in fresh if known is not None]
        ).update(is_current=False)
        MeasurePoint.objects.bulk_create([point for point, _ in fresh], batch_size=500)
        if items:
            audit.record_batch(
                "measures.imported",
                by=self.context.by,
                batch=self.context.batch,
                items=[
                    ("service.readings_entered", subject_of(pk), outcome.before, outcome.after)
                    for pk, outcome in items
                ],
            )
        return [_with_point(outcome, point) for outcome, point in outcomes]

    def _judge(self, record: ImportedRecord) -> tuple[Outcome, MeasurePoint | None]:
        refusal = _refusal(record)
        if refusal:
            return self._outcome(record, "refused", column=refusal[0], code=refusal[1]), None
        service = self.places.find(_service_name(record))
        if service is None and self.places.made_none(_service_name(record)):
            return self._outcome(
                record, "refused", column="service", code="services.import_service_unknown"
            ), None
        measure = self._known_measure(record, service)
        fields = record.fields
        known = self.points.get((measure.pk, fields["period_on"])) if measure else None
        if known is not None and known.pk is None:
            return self._outcome(record, "refused", code="services.import_twice"), None
        after = {"value": str(fields["value"]), "on": fields["period_on"].isoformat()}
        if known is None:
            return self._outcome(record, "new", after=after), None
        if (known.value, known.n) == (fields["value"], fields.get("n", known.n)):
            return self._outcome(record, "same"), known
        if not self.context.is_newest:
            return self._outcome(record, "same"), known
        return self._outcome(
            record, "changed", before={"value": str(known.value)}, after=after
        ), known

    def _known_measure(self, record: ImportedRecord, service: Service | None) -> Measure | None:
        if service is None:
            return None
        return self.measures.get((service.pk, folded(str(record.fields["measure"]))))

    def _measure(self, record: ImportedRecord) -> Measure:
        service = self.places.place(_service_name(record))
        known = self._known_measure(record, service)
        if known is not None:
            return known
        now = clock.now()
        name = " ".join(str(record.fields["measure"]).split())[:_NAME]
        made = Measure.objects.create(
            service=service,
            name=name,
            is_primary=service.pk not in self.leads,
            created_at=now,
            updated_at=now,
        )
        self.leads.add(service.pk)
        self.measures[service.pk, folded(name)] = made
        return made

    @staticmethod
    def _outcome(record: ImportedRecord, state: Any, **more: Any) -> Outcome:
        return Outcome(row=record.row, external_id=record.external_id, state=state, **more)


def _with_point(outcome: Outcome, point: MeasurePoint | None) -> Outcome:
    if point is None:
        return outcome
    return stands_as(outcome, Subject("reading", point.pk), point.revision)
