"""Priority from impact and urgency, by a matrix that is data and has a version."""

from dataclasses import dataclass

from common.domain.refusal import Refusal


class PriorityError(Refusal):
    """``matrix_not_rectangular``, ``priority_not_positive``, ``matrix_not_ordered``,
    ``impact_out_of_range``, ``urgency_out_of_range``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityMatrix:
    """Priorities by impact (rows) and urgency (columns), both from 1, the highest.

    Less impact or less urgency never gives a higher priority. *Major* is a flag with its own
    process, not a cell. Raises PriorityError.
    """

    key: str
    version: int
    rows: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        lengths = {len(row) for row in self.rows}
        if len(lengths) != 1 or lengths == {0}:
            raise PriorityError("matrix_not_rectangular", key=self.key)
        if any(value < 1 for row in self.rows for value in row):
            raise PriorityError("priority_not_positive", key=self.key)
        columns = tuple(zip(*self.rows, strict=True))
        if any(list(line) != sorted(line) for line in self.rows + columns):
            raise PriorityError("matrix_not_ordered", key=self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A priority with the matrix and version it was taken from."""

    value: int
    matrix_key: str
    matrix_version: int


DEFAULT_MATRIX = PriorityMatrix(
    key="impact_urgency_3x3", version=1, rows=((1, 2, 3), (2, 3, 4), (3, 4, 5))
)
"""Priority = impact + urgency - 1 (services 4.2)."""

ITOP_MATRIX = PriorityMatrix(
    key="itop_3x4", version=1, rows=((1, 1, 2, 4), (1, 2, 3, 4), (2, 3, 3, 4))
)
"""Three impacts by four urgencies as iTop ships them (services 4.2)."""


def priority(matrix: PriorityMatrix, *, impact: int, urgency: int) -> Priority:
    """Return the priority of an impact and an urgency, both counted from 1.

    Raises PriorityError ``impact_out_of_range``, ``urgency_out_of_range``.
    """
    if not 1 <= impact <= len(matrix.rows):
        raise PriorityError("impact_out_of_range", impact=impact)
    if not 1 <= urgency <= len(matrix.rows[0]):
        raise PriorityError("urgency_out_of_range", urgency=urgency)
    return Priority(
        value=matrix.rows[impact - 1][urgency - 1],
        matrix_key=matrix.key,
        matrix_version=matrix.version,
    )
