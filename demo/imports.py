"""One file that came in through the door: what an import leaves behind can be looked at."""

import datetime as dt
import io

from common import clock
from common.jobs import run_to_end
from demo.noise import stream
from demo.people import House
from exchange.actions import Until, begin, confirm, prepare
from exchange.domain.kinds import Kind
from exchange.mappings import mapping_text

WEEKS = 16
#: days ago
READ = 3


def build(house: House) -> None:
    """Import the loans of the libraries, week by week; two rows are refused, as in real files."""
    text = "\n".join(["Service;Measure;Period;Value;Observations", *_rows(house)])
    with clock.standing_at(house.moment.hour(READ, 9, 20)):
        batch = begin(
            io.BytesIO(text.encode()),
            kind=Kind.MEASURES,
            mapping=mapping_text("measures"),
            root=house.root,
            by=house.people["smo"],
            file_name="library-loans.csv",
            is_kept=True,
        )
        prepare(batch, Until())
        run_to_end(confirm(batch, by=house.people["smo"]))


def _rows(house: House) -> list[str]:
    random = stream("imports", "loans")
    sunday = house.moment.today - dt.timedelta(days=house.moment.today.weekday() + 1)
    rows = [
        f"Library system;Loans by self-service;{sunday - dt.timedelta(weeks=back)}"
        f";{random.gauss(83, 2.5):.1f};{random.randint(210, 380)}"
        for back in range(WEEKS - 1, -1, -1)
    ]
    rows[4] = "Library system;Loans by self-service;week 41;82,4;240"
    rows[9] = f"Library system;Loans by self-service;{sunday - dt.timedelta(weeks=6)};about 80;251"
    return rows
