"""Charts drawn on the server as inline SVG.

Geometry stands in attributes, colour and type in classes: no script, no style, no image request.
Each drawing takes one frozen dataclass and returns safe markup with `role="img"` and a label that
states the finding, which the caller gives in the reader's language; what a chart shows stands in a
table beside it (`table_twin`).
"""

from common.web.svg.flow import FlowState, FlowStrip, flow_strip
from common.web.svg.graph import GraphEdge, GraphNode, NodeGraph, node_graph
from common.web.svg.measures import (
    Availability,
    Bullet,
    Sparkline,
    availability_line,
    bullet,
    sparkline,
)
from common.web.svg.outages import OutageDay, OutageRibbon, attainment, outage_ribbon
from common.web.svg.plots import Bubble, GapLine, ValueEffort, gap_line, value_effort
from common.web.svg.rails import (
    LifeGroup,
    LifeRail,
    LifeStep,
    Phase,
    PhaseRail,
    life_rail,
    phase_rail,
)
from common.web.svg.shapes import table_twin
from common.web.svg.trends import TrendLines, trend_lines
from common.web.svg.weeks import WeekLane, WeekMark, WeeksChart, weeks_chart
from common.web.svg.xmr import Span, XmrChart, XmrPoint, xmr_chart

__all__ = [
    "Availability",
    "Bubble",
    "Bullet",
    "FlowState",
    "FlowStrip",
    "GapLine",
    "GraphEdge",
    "GraphNode",
    "LifeGroup",
    "LifeRail",
    "LifeStep",
    "NodeGraph",
    "OutageDay",
    "OutageRibbon",
    "Phase",
    "PhaseRail",
    "Span",
    "Sparkline",
    "TrendLines",
    "ValueEffort",
    "WeekLane",
    "WeekMark",
    "WeeksChart",
    "XmrChart",
    "XmrPoint",
    "attainment",
    "availability_line",
    "bullet",
    "flow_strip",
    "gap_line",
    "life_rail",
    "node_graph",
    "outage_ribbon",
    "phase_rail",
    "sparkline",
    "table_twin",
    "trend_lines",
    "value_effort",
    "weeks_chart",
    "xmr_chart",
]
