"""The risk matrix as a table: probability down, consequence across."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from projects.detail import RatedRisk
from projects.domain.risk import LEVELS, Kind, Plotted, heat_map, rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of the matrix: its band and the risks in it, by their number in the register."""

    band: str
    risks: tuple[RatedRisk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Threats or opportunities; the two are never drawn into one."""

    title: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


def matrix_of(risks: Sequence[RatedRisk]) -> list[Matrix]:
    """Return a matrix of the open threats, and one of opportunities where there are any."""
    still_open = [risk for risk in risks if risk.row.state == "open"]
    titles = {Kind.THREAT: _("Open risks"), Kind.OPPORTUNITY: _("Open opportunities")}
    return [
        _matrix(titles[kind], kind, still_open)
        for kind in Kind
        if kind is Kind.THREAT or any(risk.row.kind == kind for risk in still_open)
    ]


def _matrix(title: str, kind: Kind, risks: Sequence[RatedRisk]) -> Matrix:
    by_key = {str(risk.row.pk): risk for risk in risks}
    plotted = heat_map(
        (
            Plotted(key=key, kind=Kind(risk.row.kind), rating=risk.rating)
            for key, risk in by_key.items()
        ),
        kind,
    )
    return Matrix(
        title=title,
        rows=tuple(
            (
                probability,
                tuple(
                    Cell(
                        band=rate(probability, consequence).band.value,
                        risks=tuple(
                            by_key[key] for key in plotted.get((probability, consequence), ())
                        ),
                    )
                    for consequence in LEVELS
                ),
            )
            for probability in reversed(LEVELS)
        ),
    )
