"""The shape of what people enter about improvements."""

from improvements.forms.decisions import DEED_WORDS, DecisionForm, MoveForm
from improvements.forms.facts import CaptureForm, ImprovementForm, LinkForm
from improvements.forms.scores import ScoreForm

__all__ = [
    "DEED_WORDS",
    "CaptureForm",
    "DecisionForm",
    "ImprovementForm",
    "LinkForm",
    "MoveForm",
    "ScoreForm",
]
