"""The sixty improvements: where they came from, how far they are, and what both offices think."""

from dataclasses import dataclass

from demo.tables.reading import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """One improvement. Days count back from today; a state's days are those it has been there."""

    title: str
    problem: str
    #: services by code, the leading one first
    services: tuple[str, ...]
    state: str
    #: days since it was captured, and since it came into its state
    age: int
    since: int
    origin: str = "person"
    by: str = "benefit"
    route: str = ""
    effort: float = 0
    #: office scores as a shape, see `SHAPES`; empty has not been scored
    shape: str = ""
    project: str = ""
    effect: str = ""
    grade: str = ""
    reason: str = ""
    merged_into: str = ""
    owner: str = ""


#: shape -> ratings of (project office, service office): value, urgency, risk, difficulty, law
SHAPES = {
    "agreed_high": ((4, 4, 4, 2, 1), (5, 4, 4, 2, 1)),
    "agreed_mid": ((3, 3, 2, 2, 0), (3, 2, 3, 3, 0)),
    "agreed_low": ((2, 1, 1, 3, 0), (2, 2, 1, 4, 0)),
    "service_wants": ((2, 1, 2, 4, 0), (5, 4, 4, 1, 0)),
    "project_wants": ((5, 4, 3, 1, 0), (2, 1, 1, 4, 0)),
    "law": ((3, 3, 3, 3, 5), (3, 4, 3, 3, 5)),
    "project_only": ((4, 3, 3, 2, 0), ()),
    "service_only": ((), (4, 3, 4, 2, 0)),
}

IDEAS: tuple[Idea, ...] = tuple(read("improvements", Idea))
