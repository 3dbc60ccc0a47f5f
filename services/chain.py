"""What a service stands on, what stands on it, and whether that bears what it promises."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock, formats
from common.domain.periods import local_day
from common.domain.refusal import Scalar
from common.web.svg import GraphEdge, GraphNode, NodeGraph
from common.wording import say
from services.domain.compound import Compound, CompoundError, Needs, compound, promised_components
from services.domain.facts import HUNDRED, shown_percent
from services.domain.lengths import show_length
from services.domain.promises import (
    Finding,
    Link,
    Promise,
    PromiseCheck,
    PromiseKind,
    check_promise,
)
from services.models import Service
from services.models.agreement import MEASURES
from services.queries.chain import Chain, EdgeRow, chain_of, grouped, hours_by_agreement, sla_of
from services.queries.detail import AgreementRow

WEEKS = 4
FURTHEST, MOST_DRAWN = 3, 40
KINDS = {"sla": PromiseKind.SLA, "ola": PromiseKind.OLA, "uc": PromiseKind.CONTRACT}
#: exact to here, so that a promise equal to what is possible is kept
STEP = Decimal("1e-9")


@dataclass(frozen=True, slots=True, kw_only=True)
class NearRow:
    """A service in the chain: how far away, the edge when it is direct, and its figures."""

    service: Service
    colour: str
    steps: int
    edge: EdgeRow | None
    promised: Decimal | None
    available: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseVerdict:
    """Whether what a service stands on bears its promise: green yes, red no, grey not shown."""

    colour: str
    sentence: str
    findings: tuple[str, ...]
    possible: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPage:
    """What the page prints."""

    needs: tuple[NearRow, ...]
    carries: tuple[NearRow, ...]
    graph: NodeGraph | None
    is_cut: bool
    hidden: int
    verdict: PromiseVerdict | None


def chain_page(service: Service, user: Any) -> ChainPage:
    """Return a service's chain for a reader, in at most six statements."""
    now = clock.now()
    chain = chain_of(service, user, local_day(service.root.zone or "UTC", now))
    graph, is_cut = _graph(service, chain)
    direct = {edge.needs: edge for edge in chain.edges if edge.service == service.pk}
    borne = {edge.service: edge for edge in chain.edges if edge.needs == service.pk}
    return ChainPage(
        needs=_rows(chain, chain.needs, direct),
        carries=_rows(chain, chain.carries, borne),
        graph=graph,
        is_cut=is_cut,
        hidden=chain.hidden,
        verdict=_verdict(service, chain, now),
    )


def _rows(
    chain: Chain, steps: Mapping[int, int], edges: Mapping[int, EdgeRow]
) -> tuple[NearRow, ...]:
    rows = []
    for pk, far in sorted(steps.items(), key=lambda item: (item[1], str(chain.services[item[0]]))):
        row = chain.services[pk]
        standing, sla = getattr(row, "standing", None), sla_of(chain, pk)
        rows.append(
            NearRow(
                service=row,
                colour=standing.overall if standing else "grey",
                steps=far,
                edge=edges.get(pk),
                promised=sla.availability_target if sla else None,
                available=standing.availability_agreed if standing else None,
            )
        )
    return tuple(rows)


# --- The drawing ----------------------------------------------------------------------------------


def _graph(service: Service, chain: Chain) -> tuple[NodeGraph | None, bool]:
    """Return the drawing of the nearest services, and whether any had to be left out."""
    columns = {pk: far for pk, far in chain.needs.items() if far <= FURTHEST}
    columns |= {pk: -far for pk, far in chain.carries.items() if far <= FURTHEST}
    near = sorted(columns, key=lambda pk: (abs(columns[pk]), str(chain.services[pk])))[:MOST_DRAWN]
    if not near:
        return None, False
    nodes = [_node(chain.services[pk], columns[pk]) for pk in near]
    nodes.append(_node(service, 0, is_here=True))
    drawn = {*near, service.pk}
    label = _("%(name)s needs %(needs)s and carries %(carries)s") % {
        "name": service,
        "needs": _count(len(chain.needs)),
        "carries": _count(len(chain.carries)),
    }
    edges = tuple(
        GraphEdge(source=str(edge.service), target=str(edge.needs), kind=edge.kind)
        for edge in chain.edges
        if {edge.service, edge.needs} <= drawn
    )
    graph = NodeGraph(nodes=tuple(nodes), edges=edges, label=label)
    return graph, len(near) < len(chain.needs) + len(chain.carries)


def _node(service: Service, column: int, *, is_here: bool = False) -> GraphNode:
    standing = getattr(service, "standing", None)
    return GraphNode(
        key=str(service.pk),
        label=str(service),
        colour=standing.overall if standing else "grey",
        column=column,
        url="" if is_here else reverse("services:dependencies", args=[service.key]),
        is_here=is_here,
    )


def _count(number: int) -> str:
    return ngettext("%(count)s service", "%(count)s services", number) % {"count": number}


# --- The promise ----------------------------------------------------------------------------------


def _verdict(service: Service, chain: Chain, now: dt.datetime) -> PromiseVerdict | None:
    """Return whether the service's SLA can be kept; None without one or with nothing below it."""
    sla = sla_of(chain, service.pk)
    lower = [row for row in chain.agreements.get(service.pk, ()) if row.kind != "sla"]
    below = [edge for edge in chain.edges if edge.service == service.pk and edge.kind != "soft"]
    if sla is None or not (lower or below):
        return None
    hours = hours_by_agreement(chain, service.root)
    promises = {row.id: _promise(row, hours) for rows in chain.agreements.values() for row in rows}
    links, names = [], {}
    for row in lower:
        links.append(Link(key=f"A{row.id}", tier=service.tier, promise=promises[row.id]))
        names[f"A{row.id}"] = _agreement_name(row)
    for edge in below:
        other, held = chain.services[edge.needs], sla_of(chain, edge.needs)
        names[other.key] = str(other)
        if edge.kind == "hard":
            promise = promises[held.id] if held else None
            links.append(Link(key=other.key, tier=other.tier, promise=promise))
    model, is_tangled = _modelled(service, chain)
    possible = model.value.quantize(STEP) if model and model.value is not None else None
    check = check_promise(
        promises[sla.id],
        tier=service.tier,
        links=links,
        start=now,
        end=now + dt.timedelta(weeks=WEEKS),
        modelled=possible,
        is_modelled=bool(below) and not is_tangled,
    )
    unknown = [str(chain.services[int(key)]) for key in model.unknown] if model else []
    return _worded(check, names, _possible(chain, model, possible), unknown)


def _promise(row: AgreementRow, hours: Mapping[int, Any]) -> Promise:
    target = row.availability_target
    return Promise(
        key=str(row.id),
        kind=KINDS[row.kind],
        hours=hours[row.id],
        availability=None if target is None else Decimal(target) / HUNDRED,
        targets={f"{part.measure}.{part.priority}": part.seconds for part in row.targets},
        ends_on=row.ends_on,
    )


def _agreement_name(row: AgreementRow) -> str:
    kind = _("underpinning contract") if row.kind == "uc" else _("internal agreement (OLA)")
    return f"{kind}, {row.party}" if row.party else str(kind)


def _modelled(service: Service, chain: Chain) -> tuple[Compound | None, bool]:
    """Return what is possible by what the service stands on; and whether that is too entangled."""
    needs: dict[str, list[Needs]] = defaultdict(list)
    for one, parts in grouped(chain.edges).items():
        for (kind, _name), edges in parts.items():
            members = tuple(str(edge.needs) for edge in edges)
            least = min(max(edge.minimum for edge in edges), len(members))
            needs[str(one)].append(Needs(members=members, at_least=least, is_soft=kind == "soft"))
    promised: dict[str, Decimal | None] = {}
    for pk in chain.needs:
        sla = sla_of(chain, pk)
        target = sla.availability_target if sla else None
        promised[str(pk)] = None if target is None else Decimal(target) / HUNDRED
    root = str(service.pk)
    components = promised_components(needs, promised, root)
    soft = {key for parts in needs.values() for need in parts for key in need.members}
    present = {component.key for component in components}
    components += tuple(
        component
        for key in sorted(soft - present)
        for component in promised_components({}, promised, key)
    )
    try:
        return compound(components, root), False
    except CompoundError:
        return None, True


def _possible(chain: Chain, model: Compound | None, possible: Decimal | None) -> str:
    """Return how the figure came about, so that the reader can compute it."""
    if model is None or possible is None:
        return ""
    said = _(
        "At most %(possible)s %% is possible by what these services promise, taken as independent."
    ) % {"possible": shown_percent(possible * HUNDRED, 3)}
    if model.shared:
        names = ", ".join(str(chain.services[int(key)]) for key in model.shared)
        said += " " + _("Counted once, though several stand on it: %(names)s.") % {"names": names}
    return said


def _worded(
    check: PromiseCheck, names: Mapping[str, str], possible: str, unknown: Sequence[str]
) -> PromiseVerdict:
    told = [_told(finding, names, unknown) for finding in check.findings]
    first = check.first_broken
    if check.is_kept:
        colour, sentence = "green", _("Everything it stands on bears its promise.")
    elif first is not None:
        colour, sentence = "red", _told(first, names, unknown)
    else:
        colour, sentence = "grey", _("It cannot be shown that its promise can be kept.")
    rest = tuple(words for words in dict.fromkeys(told) if words != sentence)
    return PromiseVerdict(colour=colour, sentence=sentence, findings=rest, possible=possible)


def _told(finding: Finding, names: Mapping[str, str], unknown: Sequence[str]) -> str:
    params: dict[str, Scalar] = dict(finding.params)
    params["link"] = names.get(finding.link or "", finding.link or "")
    params["unknown"] = ", ".join(unknown)
    measure, _dot, priority = str(params.get("target", "")).partition(".")
    params |= {"measure": str(dict(MEASURES).get(measure, "")), "priority": priority}
    for name in ("promised", "supported", "modelled"):
        if name in params:
            params[name] = shown_percent(Decimal(str(params[name])) * HUNDRED, 3)
    for name in ("promised", "supported", "uncovered"):
        seconds = params.get(f"{name}_seconds")
        if seconds is not None:
            params[f"{name}_time"] = show_length(int(seconds))
    for name in ("from", "until"):
        if name in params:
            at = dt.datetime.fromisoformat(str(params[name]))
            params[name] = f"{formats.format_date(at.date())} {at:%H:%M}"
    return say(f"services.promise.{finding.code.value}", params)
