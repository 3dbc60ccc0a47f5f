"""Sentences of imports: why a file, a mapping, a row or a cell is refused, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: whom to ask, by whether the kind makes people and units
WHO: dict[bool, str | Promise] = {
    True: _("an administrator or the lead of your office"),
    False: _("the lead of your office"),
}

FILES: dict[str, str | Promise] = {
    "empty_file": _("The file is empty. Choose another one."),
    "file_too_large": _(
        "The file unpacks to more than %(limit)s bytes. Split it into several files."
    ),
    "not_a_table": _(
        "This is not a table. Save it as CSV or XLSX; a picture or a PDF cannot be read."
    ),
    "old_excel": _("This is an old Excel workbook (.xls). Open it and save it as .xlsx."),
    "nul_characters": _(
        "Line %(line)s holds characters that no text has. Save the file anew as CSV, UTF-8."
    ),
    "encoding_unknown": _(
        "The file's encoding is not known. Save it as CSV, UTF-8, or state the encoding in the "
        'mapping, for example encoding = "windows-1252".'
    ),
    "wrong_encoding": _(
        "The file is not written in %(encoding)s, as the mapping says. Take another mapping, or "
        "save the file in that encoding."
    ),
    "unknown_encoding": _(
        'There is no encoding called %(encoding)s. Write for example "utf-8" in the mapping.'
    ),
    "unknown_separator": _(
        "“%(separator)s” cannot separate columns. Write one character in the mapping, for example "
        '";".'
    ),
    "header_missing": _("Row %(row)s should hold the column names, and is empty."),
    "broken_quotes": _(
        "A quotation mark in row %(row)s is never closed. Close it, or save the file anew."
    ),
    "cell_too_large": _("A cell in row %(row)s is longer than 131,072 characters. Shorten it."),
    "broken_gzip": _("The packed file is damaged. Pack it again, or bring it unpacked."),
    "broken_json": _(
        'Line %(line)s is no JSON object. Each line holds one, for example {"number": "A1"}.'
    ),
    "json_records_missing": _(
        "The file is one JSON object. Say in the mapping where its list of rows stands, for "
        'example records = "result" under [file]. Lists in it: %(lists)s.'
    ),
    "broken_workbook": _("The workbook is damaged. Open it and save it anew as .xlsx."),
    "workbook_too_large": _(
        "The workbook unpacks to more than %(limit)s bytes. Split it, or save the sheet as CSV."
    ),
    "workbook_too_dense": _(
        "The workbook unpacks to more than %(limit)s times its size, as only harmful ones do. "
        "Save the sheet as CSV."
    ),
    "workbook_too_many_parts": _(
        "The workbook has %(count)s parts, more than %(limit)s. Save the sheet as CSV."
    ),
    "workbook_too_many_cells": _(
        "The sheet has more than %(limit)s cells. Save it as CSV, or delete what is not needed."
    ),
    "workbook_encrypted": _("The workbook has a password. Save it without one."),
    "workbook_has_dtd": _(
        "The workbook holds a document type declaration, which no spreadsheet writes. It is not "
        "read. Save the sheet as CSV."
    ),
    "workbook_formula_without_value": _(
        "The workbook holds formulas that were never calculated. Open it, save it, and try again."
    ),
    "sheet_missing": _("There is no sheet called “%(sheet)s”. The workbook has: %(sheets)s."),
    "too_many_rows": _("The table has more than %(limit)s rows. Split it."),
}

MAPPINGS: dict[str, str | Promise] = {
    "mapping_not_found": _("There is no mapping called “%(key)s”. There are: %(known)s."),
    "broken_toml": _("The mapping is not valid TOML: %(reason)s."),
    "unknown_setting": _("The mapping's setting “%(key)s” is not known. Known is: %(example)s."),
    "missing_setting": _("The mapping lacks “%(key)s”. Write for example: %(example)s."),
    "wrong_type": _("The mapping's “%(key)s” is written wrongly. Write for example: %(example)s."),
    "bad_value": _("The mapping's “%(key)s” has no usable value. Write for example: %(example)s."),
    "unknown_kind": _("The mapping's kind is not known. Known are: %(example)s."),
    "unknown_field": _("The mapping's field “%(key)s” is not known. Known is: %(example)s."),
    "field_required": _("The mapping must fill “%(key)s”. Write for example: %(example)s."),
    "values_not_found": _(
        "The mapping's “%(key)s” names a table of words that is not there. Known is: %(example)s."
    ),
    "column_used_and_dropped": _(
        "The mapping both uses and drops the column “%(example)s”. Take it out of one of them."
    ),
    "missing_columns": _(
        "The file lacks columns that the mapping reads: %(columns)s. The file has for example: "
        "%(example)s. Take another mapping, or correct the column names."
    ),
    "unknown_columns": _(
        "The file has columns that the mapping does not know: %(columns)s. Use or drop them in the "
        "mapping."
    ),
}

CELLS: dict[str, str | Promise] = {
    "empty": _("The cell is empty. Write for example: %(example)s."),
    "not_a_number": _("“%(text)s” is not a number. Write for example: %(example)s."),
    "number_ambiguous": _(
        "“%(text)s” can mean %(example)s or %(alternative)s. Say in the mapping which sign is the "
        "decimal one."
    ),
    "number_not_finite": _("“%(text)s” is not a number. Write for example: %(example)s."),
    "number_too_large": _("“%(text)s” is too large. Write for example: %(example)s."),
    "not_an_integer": _("“%(text)s” is not a whole number. Write for example: %(example)s."),
    "money_other_currency": _(
        "“%(text)s” is stated in another currency. Write for example: %(example)s."
    ),
    "money_scale_twice": _(
        "“%(text)s” has a scale word, and the mapping a scale as well. Write for example: "
        "%(example)s."
    ),
    "money_too_precise": _(
        "“%(text)s” has more than two decimals. Write for example: %(example)s."
    ),
    "money_too_large": _("“%(text)s” is too large an amount. Write for example: %(example)s."),
    "not_a_date": _("“%(text)s” is not a date. Write for example: %(example)s."),
    "date_ambiguous": _(
        "“%(text)s” can mean %(example)s or %(alternative)s. State date_order in the mapping."
    ),
    "date_impossible": _(
        "“%(text)s” is a day that does not exist. Write for example: %(example)s."
    ),
    "date_out_of_range": _(
        "“%(text)s” lies outside the years 1900 to 2200. Write for example: %(example)s."
    ),
    "date_has_time": _(
        "“%(text)s” has a time of day, and a day is wanted. Write for example: %(example)s."
    ),
    "not_a_datetime": _("“%(text)s” is not a time. Write for example: %(example)s."),
    "datetime_needs_time": _("“%(text)s” lacks a time of day. Write for example: %(example)s."),
    "datetime_needs_zone": _(
        "“%(text)s” does not say in which zone. State zone in the mapping, or write for example: "
        "%(example)s."
    ),
    "time_skipped": _(
        "“%(text)s” does not exist: clocks went forward over it. Write for example: %(example)s."
    ),
    "time_repeated": _(
        "“%(text)s” happened twice, when clocks went back: %(example)s or %(alternative)s. State "
        "clocks_back in the mapping."
    ),
    "not_a_length": _("“%(text)s” is not a length of time. Write for example: %(example)s."),
    "not_a_boolean": _("“%(text)s” is neither yes nor no. Write for example: %(example)s."),
    "text_too_long": _("The text is longer than %(limit)s characters. Shorten it."),
    "unknown_value": _(
        "“%(text)s” is not among the words the mapping knows: %(known)s. Add it to the mapping, or "
        "write for example: %(example)s."
    ),
    "required_missing": _("The cell is empty, and it is needed. Fill it in."),
    "key_missing": _("The row has no key, so nobody could find it again. Fill the cell in."),
    "not_an_email": _("“%(text)s” is not an e-mail address. Write for example: %(example)s."),
    "out_of_range": _("“%(text)s” is outside what is possible. Write for example: %(example)s."),
    "cell_without_header": _(
        "The row has more cells than the header has columns; the first one too many is “%(text)s”. "
        "Often a separator stands inside a text: put the text in quotation marks."
    ),
}

SENTENCES: dict[str, str | Promise] = {
    "work.import": _("Import"),
    **{f"exchange.file.{code}": sentence for code, sentence in FILES.items()},
    **{f"exchange.mapping.{code}": sentence for code, sentence in MAPPINGS.items()},
    **{f"exchange.cell.{code}": sentence for code, sentence in CELLS.items()},
    "exchange.file_not_found": _("There is no file “%(file)s”. Check the path."),
    "exchange.file_gone": _("The file “%(file)s” is no longer here. Upload it again."),
    "exchange.file_needed": _("Choose a file, for example a CSV or an XLSX."),
    "exchange.no_rows": _("“%(file)s” has a header but no rows. Choose another file."),
    "exchange.mapping_needed": _("Choose a mapping, for example the first in the list."),
    "exchange.match.twice": _(
        "“%(column)s” fills %(field)s already. Let one of them be kept as text."
    ),
    "exchange.match.missing": _("Say which column is %(field)s: every record needs it."),
    "exchange.match.too_many": _(
        "The column holds more than %(most)s different or long texts, which is not %(field)s. "
        "Choose another field."
    ),
    "exchange.match.no_key": _(
        "Say what identifies a record: tick a number that does not change, or else the name."
    ),
    "exchange.match.key_dropped": _(
        "This column identifies a record, so it cannot be left in the file."
    ),
    "exchange.match.unanswered": _("Choose one; the file does not say."),
    "exchange.match.new_word": _("Say what this word means, or send again to have it reported."),
    "exchange.match.header_row": _(
        "The column names stand in one of the first %(most)s rows: write its number, for example 3."
    ),
    "exchange.match.elsewhere": _(
        "The columns are read anew from there; look through them once more."
    ),
    "exchange.list_elsewhere": _(
        "That list was matched for %(organisation)s. Choose it, or match the columns here."
    ),
    "exchange.mapping_too_large": _("A mapping is a page of text; this file is something else."),
    "exchange.founder_only": _("Only an administrator founds the first organisation."),
    "exchange.mapping_other_kind": _(
        "The mapping reads %(stated)s, and %(asked)s were asked for. Choose another mapping."
    ),
    "exchange.currency_differs": _(
        "The mapping states amounts in %(stated)s, and %(organisation)s counts in %(ours)s. Choose "
        "the organisation or the mapping accordingly; amounts are never converted."
    ),
    "exchange.organisation_unknown": _(
        "There is no organisation called “%(name)s”. There are: %(known)s."
    ),
    "exchange.organisation_needed": _(
        "There are several organisations: %(known)s. Say which with --organisation."
    ),
    "exchange.organisation_missing": _(
        "There is no organisation yet. Log in as an administrator to found one."
    ),
    "exchange.organisation_exists": _("There is an organisation already."),
    "exchange.person_unknown": _("There is nobody with the user name “%(username)s”."),
    "exchange.day_unreadable": _("“%(text)s” is not a day. Write for example 2026-06-30."),
    "exchange.kind_unknown": _("“%(kind)s” cannot be imported. There are: %(known)s."),
    "exchange.twice_in_file": _(
        "The key “%(key)s” stands on row %(row)s already. Only the first row counts."
    ),
    "exchange.event_incomplete": _(
        "The row says no status or no time, so it is left out of the history. Its record stands."
    ),
    "exchange.not_yours": _(
        "This belongs to a service that you may not import for. Ask its owner or your lead."
    ),
    "exchange.record_failed": _(
        "The record could not be written (%(error)s). The others came in; report this one."
    ),
    "exchange.moved_on": _(
        "Somebody else was faster: the import is now “%(state)s”. Nothing was done twice."
    ),
    "exchange.undo_too_late": _(
        "An import can be undone for one day, and that day is over. Correct the records instead."
    ),
    "exchange.still_at_work": _("The work goes on; nothing has to be started again."),
}

ACTIONS: dict[str, str | Promise] = {
    "import.confirmed": _("File imported"),
    "import.discarded": _("Import discarded"),
    "import.undone": _("Import undone"),
    "import.ended": _("Import ended half-way"),
}

#: what each kind of record is called, as a heading and on a menu
KIND_LABELS: dict[str, str | Promise] = {
    "people": pgettext_lazy("import", "People"),
    "units": _("Units"),
    "projects": _("Projects"),
    "services": _("Services"),
    "improvements": _("Improvements"),
    "tickets": _("Tickets"),
    "outages": _("Outages"),
    "measures": _("Measured values"),
}

#: names of fields in previews
FIELD_LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "title": _("Title"),
    "email": _("E-mail"),
    "unit": _("Unit"),
    "unit_id": _("Unit"),
    "parent": _("Belongs to"),
    "kind": _("Kind"),
    "role": _("Role"),
    "type": _("Type"),
    "project_type": _("Type"),
    "purpose": _("Purpose"),
    "sponsor_name": _("Sponsor"),
    "manager_name": _("Project manager"),
    "owner_name": _("Owner"),
    "phase": _("Phase"),
    "overlay": _("On hold or stopped"),
    "tier": _("Tier"),
    "status": _("Status"),
    "state": _("Status"),
    "status_word": _("Status, in the source's word"),
    "starts_on": _("Start"),
    "planned_finish_on": _("Planned finish"),
    "baseline_finish_on": _("Approved finish"),
    "forecast_finish_on": _("Forecast finish"),
    "actual_finish_on": _("Actual finish"),
    "approved_budget": _("Approved budget"),
    "current_budget": _("Current budget"),
    "forecast_cost": _("Forecast cost"),
    "actual_cost": _("Actual cost"),
    "reported": _("Reported status"),
    "reported_colour": _("Reported status"),
    "reported_word": _("Reported, in the source's word"),
    "reported_reason": _("Reason of the report"),
    "milestones": _("Milestones"),
    "gates": _("Milestones"),
    "service": _("Service"),
    "service_id": _("Service"),
    "measure": _("Measure"),
    "period_on": _("Period"),
    "on": _("Day"),
    "value": _("Value"),
    "n": pgettext_lazy("statistics", "Number of observations"),
    "opened_at": _("Opened"),
    "responded_at": _("Responded"),
    "resolved_at": _("Resolved"),
    "closed_at": _("Closed"),
    "starts_at": _("From"),
    "ends_at": _("To"),
    "priority": _("Priority"),
    "category": _("Category"),
    "group_name": _("Group"),
    "reopen_count": _("Reopened"),
    "made_sla_reported": _("In time, says the source"),
    "history": _("History"),
    "problem": _("Problem"),
    "origin": _("Origin"),
    "effort_days": _("Effort, days"),
    "external_id": _("Number in the source"),
    "source": _("Source"),
    "extra": _("Other columns"),
    "source_fields": _("Fields kept by the source"),
}


def field_label(name: str) -> str:
    """Return what a field is called; an unknown name in plain words."""
    return str(FIELD_LABELS.get(name, name.replace("_", " ").capitalize()))
