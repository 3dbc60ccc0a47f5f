"""The trade's words in Swedish: a term is translated the same wherever it stands alone.

Source: the project's own table of words, English and Swedish. A term in brackets there may stand
with or without what the brackets hold. A word that means two things carries a context; only the
contexts named here follow another line of the table.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from common.management.commands.messages import APPS

#: English term, lower case -> Swedish words that may stand for it, lower case
TERMS: dict[str, tuple[str, ...]] = {
    "acceptance criterion": ("acceptanskriterium",),
    "actual": ("utfall",),
    "actual cost": ("utfall",),
    "agreement": ("överenskommelse",),
    "approval": ("godkännande",),
    "approve": ("godkänn",),
    "ask for more": ("begär komplettering",),
    "availability": ("driftstillgänglighet",),
    "baseline not stable": ("instabilt utgångsläge",),
    "benefit": ("nytta",),
    "benefit owner": ("nyttoägare",),
    "benefits realisation": ("nyttorealisering", "effekthemtagning"),
    "blind scoring": ("oberoende poängsättning",),
    "business case": ("nyttokalkyl", "business case"),
    "catalogue": ("tjänstekatalog",),
    "change": ("ändring",),
    "change authority": ("ändringsråd",),
    "change request": ("ändringsbegäran",),
    "charter": ("projektdirektiv",),
    "closing report": ("slutrapport",),
    "collision": ("kalenderkrock",),
    "conditional go": ("godkänt med villkor",),
    "confounded": ("går inte att särskilja",),
    "critical path": ("kritisk linje",),
    "data confidence": ("datakvalitet",),
    "decline": ("avslå",),
    "degraded": ("nedsatt funktion",),
    "dependency": ("beroende",),
    "dis-benefit": ("negativ effekt",),
    "early life": ("stabiliseringsperiod",),
    "early life support": ("stabiliseringsperiod", "stabiliseringsperiod (hypercare)"),
    "earned value": ("intjänat värde",),
    "effect goal": ("effektmål",),
    "for decision": ("för beslut",),
    "freeze": ("ändringsstopp",),
    "freshness": ("aktualitet",),
    "gate": ("beslutspunkt", "beslutspunkt (bp)"),
    "go-live": ("driftsättning",),
    "handover": ("överlämning till förvaltning",),
    "hypothesis": ("förväntad effekt", "effekthypotes"),
    "improved": ("förbättrat",),
    "improved with side effects": ("förbättrat, med bieffekter",),
    "incident": ("incident",),
    "issue": ("öppen fråga",),
    "joint review": ("gemensam prioritering",),
    "known error": ("känt fel",),
    "lesson": ("erfarenhet",),
    "maintenance object": ("förvaltningsobjekt",),
    "maintenance window": ("underhållsfönster",),
    "major incident": ("större incident",),
    "merge": ("slå ihop",),
    "met": ("uppfyllt",),
    "milestone": ("milstolpe",),
    "minutes": ("protokoll",),
    "new proposal": ("nytt förslag",),
    "no detectable change": ("ingen påvisbar förändring",),
    "not enough baseline": ("för kort nollmätning",),
    "not measured": ("ej uppmätt",),
    "not met": ("ej uppfyllt",),
    "objective": ("mål",),
    "object plan": ("objektplan", "förvaltningsplan"),
    "operational plan": ("verksamhetsplan",),
    "opportunity": ("möjlighet",),
    "outage": ("avbrott",),
    "park": ("parkera",),
    "phase": ("fas",),
    "pipeline": ("planerade tjänster",),
    "portfolio": ("portfölj",),
    "portfolio board": ("portföljstyrgrupp",),
    "problem": ("problem",),
    "programme": ("program",),
    "project": ("projekt",),
    "project office": ("projektkontor", "projektkontoret"),
    "project plan": ("projektplan",),
    "recycle": ("återremiss",),
    "release": ("release",),
    "resource request": ("resursbegäran",),
    "response": ("åtgärd",),
    "retired": ("avvecklad",),
    "risk": ("risk",),
    "route": ("genomförande",),
    "runbook": ("driftrutin",),
    "satisfaction": ("nöjdhet",),
    "service": ("tjänst",),
    "service hours": ("servicetid", "öppettid"),
    "service owner": ("tjänsteägare",),
    "service portfolio": ("tjänsteportfölj",),
    "service review": ("tjänsteuppföljning",),
    "snapshot": ("ögonblicksbild",),
    "sponsor": ("projektägare", "projektägare (beställare)"),
    "stakeholder": ("intressent",),
    "standing": ("lägesbild",),
    "status report": ("statusrapport",),
    "steering group": ("styrgrupp",),
    "tertial report": ("tertialuppföljning",),
    "too early": ("för tidigt att bedöma",),
    "total float": ("totalt slack",),
    "underpinning contract": ("leverantörsavtal",),
    "verdict": ("effektbedömning",),
    "work package": ("arbetspaket",),
    "worse": ("försämrat",),
    "year forecast": ("helårsprognos",),
}
#: (context, term) where the same English word is another word, or stands where room is short
OTHERWISE = {
    ("link", "change"),  # the verb
    ("menu", "joint review"),  # 220 px
    ("sheet", "early life"),  # a state in a drawing
    ("improvement state", "early life"),
}
#: words that are ours nowhere: a public office hears something else in them
NEVER = ("servicefönster", "signera")


def _entries() -> Iterator[tuple[str, str, str, str]]:
    """Every translated text: file, context, English, Swedish."""
    for app in APPS:
        path = Path(settings.BASE_DIR) / app / "locale" / "sv" / "LC_MESSAGES" / "django.po"
        if not path.exists():
            continue
        with path.open("rb") as file:
            for message in read_po(file, locale="sv"):
                forms = message.string if isinstance(message.string, tuple) else (message.string,)
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                # The singular is the term; what is said of many is grammar.
                yield app, message.context or "", str(ids[0]), str(forms[0])


def test_a_term_alone_is_translated_by_the_table() -> None:
    wrong = [
        (app, context, english, swedish)
        for app, context, english, swedish in _entries()
        if (context, english.casefold()) not in OTHERWISE
        and (allowed := TERMS.get(english.strip().casefold()))
        and swedish.strip().casefold() not in allowed
    ]

    assert wrong == []


def test_the_files_hold_terms_to_judge() -> None:
    """Else the test above could pass on nothing."""
    judged = {english.casefold() for _app, _context, english, _sv in _entries()} & TERMS.keys()

    assert len(judged) > 30


@pytest.mark.parametrize("word", NEVER)
def test_words_that_mean_something_else_are_not_used(word: str) -> None:
    used = [(app, swedish) for app, _c, _en, swedish in _entries() if word in swedish.casefold()]

    assert used == []
