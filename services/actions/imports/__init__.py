"""What records of a file mean for services: the app's side of `common.imports`.

For each kind `compare_x` reads only and says what would happen, `apply_x` writes at most 500
records in the caller's transaction and is idempotent on (source, external_id), `undo_x` takes
back what is untouched since.

Fields a record may carry, beside those named by the kind's file here:

- services: name, unit, owner_name, tier, status
- tickets: service, title, opened_at, resolved_at, closed_at, priority, status, status_word,
  reopen_count, made_sla_reported, category, group_name, is_major, caused_by_change, problem_id,
  and `history`: (status, at, is_paused, word) in the file's order, of one or several rows
- outages: service, kind, starts_at, ends_at, title
- measures: service, measure, period_on, value, n
"""

from services.actions.imports.measures import apply_measures, compare_measures, undo_measures
from services.actions.imports.outages import apply_outages, compare_outages, undo_outages
from services.actions.imports.services import apply_services, compare_services, undo_services
from services.actions.imports.tickets import apply_tickets, compare_tickets, undo_tickets

__all__ = [
    "apply_measures",
    "apply_outages",
    "apply_services",
    "apply_tickets",
    "compare_measures",
    "compare_outages",
    "compare_services",
    "compare_tickets",
    "undo_measures",
    "undo_outages",
    "undo_services",
    "undo_tickets",
]
