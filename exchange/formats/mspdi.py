"""MS Project XML (MSPDI) in: streamed, tolerant of what real files hold, honest in its ledger."""

from collections.abc import Mapping
from typing import BinaryIO
from xml.etree.ElementTree import Element

from exchange.formats.mspdi_calendars import local, read_calendar, texts
from exchange.formats.mspdi_codes import NAMESPACE, minutes_of, money_of
from exchange.formats.mspdi_plan import Assembly, RawFile
from exchange.formats.schedule_file import Baseline, FormatError, ScheduleFile
from exchange.formats.schedule_values import moment_of, number_of
from exchange.formats.xml_guard import elements

_NESTED = frozenset({"PredecessorLink", "Baseline", "ExtendedAttribute", "TimephasedData"})


def read(source: BinaryIO) -> ScheduleFile:
    """Return the schedule in a seekable MS Project XML file.

    Raises FormatError ``xml_dtd_forbidden``, ``xml_broken`` (also truncated files),
    ``not_mspdi``, ``start_missing``, ``duplicate_task`` or ``calendar_missing``.
    """
    reading = RawFile()
    root = None
    for root in elements(source, _READERS):
        reader = _READERS.get(root.tag)
        if reader is not None:
            reader(reading, root)
            root.clear()
    if root is None or root.tag != f"{{{NAMESPACE}}}Project":
        raise FormatError("not_mspdi", root=local(root.tag) if root is not None else "")
    reading.head = texts(root)
    return Assembly(reading).file()


def _take_task(reading: RawFile, element: Element) -> None:
    fields = texts(element)
    if not _NESTED.isdisjoint(fields):
        for child in element:
            name = local(child.tag)
            if name in _NESTED:
                _take_nested(reading, fields.get("UID", ""), name, child)
    reading.tasks.append(fields)


def _take_nested(reading: RawFile, uid: str, name: str, element: Element) -> None:
    if name == "PredecessorLink":
        row = texts(element)
        row["SuccessorUID"] = uid
        reading.links.append(row)
    elif name == "Baseline":
        reading.baselines.setdefault(uid, []).append(_baseline(texts(element)))
    else:
        reading.left_out[name] = reading.left_out.get(name, 0) + 1


def _take_calendar(reading: RawFile, element: Element) -> None:
    raw = read_calendar(element, reading.ledger)
    reading.calendars[raw.uid] = raw


def _take_resource(reading: RawFile, element: Element) -> None:
    reading.resources.append(texts(element))


def _take_assignment(reading: RawFile, element: Element) -> None:
    fields = texts(element)
    if "TimephasedData" in fields:
        spread = sum(1 for child in element if local(child.tag) == "TimephasedData")
        reading.left_out["TimephasedData"] = reading.left_out.get("TimephasedData", 0) + spread
    reading.assignments.append(fields)


_READERS = {
    f"{{{NAMESPACE}}}Task": _take_task,
    f"{{{NAMESPACE}}}Calendar": _take_calendar,
    f"{{{NAMESPACE}}}Resource": _take_resource,
    f"{{{NAMESPACE}}}Assignment": _take_assignment,
}


def _baseline(fields: Mapping[str, str]) -> Baseline:
    return Baseline(
        number=number_of(fields.get("Number", "")) or 0,
        start=moment_of(fields.get("Start", "")),
        finish=moment_of(fields.get("Finish", "")),
        duration=minutes_of(fields.get("Duration", "")),
        cost=money_of(fields["Cost"]) if "Cost" in fields else None,
    )
