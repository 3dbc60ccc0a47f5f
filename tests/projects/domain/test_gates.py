"""Gates, their criteria and the five decisions. Sources: DESIGN section 4, projects 4.2."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.gate_criteria import (
    CRITERIA,
    GATES,
    Condition,
    Criterion,
    Gate,
    GateError,
    Role,
    Standing,
    Status,
    Tier,
    check_template,
    criteria_for,
    readiness,
)
from projects.domain.gates import (
    EFFECTS,
    Decision,
    Proposal,
    Stance,
    Vote,
    rule,
    veto,
)

TODAY = date(2026, 3, 2)
LATER = TODAY + timedelta(days=30)


def criteria(gate=Gate.PLAN, tier=Tier.STANDARD, *, delivers=True):
    return criteria_for(gate, tier, delivers_to_operation=delivers)


def state(gate=Gate.PLAN, unmet=(), tier=Tier.STANDARD, **more):
    asked = criteria(gate, tier)
    standings = {each.key: Standing(met=each.key not in unmet) for each in asked}
    return readiness(gate, asked, standings | more.pop("standings", {}), TODAY, **more)


def vote(person, stance=Stance.FOR, role=Role.STEERING_GROUP):
    return Vote(person=person, role=role, stance=stance)


def proposal(decision=Decision.GO, **changes):
    base = Proposal(
        decision=decision,
        body=Role.STEERING_GROUP,
        decided_on=TODAY,
        author="maja",
        project_manager="nils",
        votes=(vote("anna"), vote("bo"), vote("cem", Stance.AGAINST)),
    )
    return replace(base, **changes)


def condition(key="c1", criterion=None, due_on=LATER, owner="anna", **more):
    return Condition(key=key, owner=owner, due_on=due_on, criterion=criterion, **more)


def test_the_gate_table_moves_a_project_through_its_phases():
    moves = [rule.project_move for rule in GATES.values() if rule.project_move]

    assert moves == [
        ("initiating", "planning"), ("planning", "executing"),
        ("executing", "closing"), ("closing", "closed"),
    ]  # fmt: skip
    assert [gate.value for gate in GATES] == ["g0", "g1", "g2", "g3", "g4", "g5"]


def test_the_project_manager_is_in_no_deciding_body():
    assert all(Role.PROJECT_MANAGER not in rule.decides for rule in GATES.values())


def test_every_gate_asks_for_something():
    for gate in Gate:
        assert criteria(gate, Tier.LIGHT)


def test_a_heavier_tier_asks_for_more():
    keys = [{each.key for each in criteria(Gate.PLAN, tier)} for tier in Tier]

    assert keys[0] < keys[1] < keys[2]
    assert "schedule_baseline" in keys[1] - keys[0]
    assert keys[2] - keys[1] == {"schedule_quality", "earned_value_plan", "p80_finish"}


def test_a_project_that_delivers_nothing_to_operation_has_no_receiver():
    keys = {each.key for each in criteria(Gate.GO_LIVE, delivers=False)}

    assert keys == {"deliverables_accepted"}


@pytest.mark.parametrize("tier", list(Tier))
def test_no_tier_drops_what_protects_the_receiver(tier):
    protected = {each.key for each in CRITERIA if each.protects_receiver}

    found = {each.key for gate in Gate for each in criteria(gate, tier) if each.protects_receiver}

    assert found == protected


def test_the_default_template_is_allowed_and_may_grow():
    check_template(CRITERIA)
    check_template((*CRITERIA, Criterion(key="security_review", gate=Gate.PLAN)))


HANDOVER = next(each for each in CRITERIA if each.key == "handover_plan")
REST = tuple(each for each in CRITERIA if each is not HANDOVER)


@pytest.mark.parametrize(
    ("template", "code"),
    [
        (REST, "receiver_unprotected"),
        ((*REST, replace(HANDOVER, mandatory=False)), "receiver_unprotected"),
        ((*REST, replace(HANDOVER, protects_receiver=False)), "receiver_unprotected"),
        ((*REST, replace(HANDOVER, from_tier=Tier.HEAVY)), "receiver_unprotected"),
        ((*CRITERIA, HANDOVER), "criterion_repeated"),
    ],
)
def test_a_template_may_not_weaken_what_protects_the_receiver(template, code):
    with pytest.raises(GateError) as refused:
        check_template(template)

    assert refused.value.code == code


def test_what_nobody_has_said_anything_about_is_not_met():
    found = readiness(Gate.PLAN, criteria(), {}, TODAY)

    assert len(found.unmet) == len(criteria())
    assert not found.is_ready


@pytest.mark.parametrize(
    ("key", "standing", "status"),
    [
        ("charter", Standing(met=False, waived_until=TODAY), Status.WAIVED),
        ("charter", Standing(met=False, waived_until=TODAY - timedelta(days=1)), Status.NOT_MET),
        ("handover_plan", Standing(met=False, waived_until=LATER, waived_by=Role.SPONSOR),
         Status.NOT_MET),
        ("handover_plan", Standing(met=False, waived_until=LATER, waived_by=Role.SERVICE_OWNER),
         Status.WAIVED),
    ],
)  # fmt: skip
def test_waivers_end_and_only_the_receiver_waives_its_own(key, standing, status):
    found = state(standings={key: standing})

    assert {c.key: s for c, s in found.statuses}[key] is status


def test_a_plain_go_passes_and_keeps_the_dissent():
    ruling = rule(proposal(), state())

    assert (ruling.effect.passes, ruling.dissent) == (True, ("cem",))
    assert ruling.evidence.is_ready


@pytest.mark.parametrize(
    ("decision", "changes", "effect"),
    [
        (Decision.HOLD, {"review_on": LATER}, "softens_bookings"),
        (Decision.RECYCLE, {"gaps": ("no owner for the benefit",)}, "counts_attempt"),
        (Decision.STOP, {"reason": "The need is gone."}, "closes"),
    ],
)
def test_the_other_decisions_need_no_criteria_but_their_own_particulars(decision, changes, effect):
    nothing_met = readiness(Gate.PLAN, criteria(), {}, TODAY)

    ruling = rule(proposal(decision, **changes), nothing_met)

    assert getattr(ruling.effect, effect)
    assert not ruling.effect.passes


def test_a_conditional_go_covers_what_is_missing():
    covered = proposal(Decision.CONDITIONAL_GO, conditions=(condition(criterion="tolerances"),))

    assert rule(covered, state(unmet=("tolerances",))).effect.passes


def test_the_board_decides_beside_a_refusal():
    unready = state(unmet=("handover_plan",))
    refusal = veto(Role.SERVICE_OWNER, "siv", ("handover_plan",), unready)
    overruling = proposal(
        Decision.CONDITIONAL_GO,
        body=Role.PORTFOLIO_BOARD,
        vetoes=(refusal,),
        conditions=(condition(criterion="handover_plan"),),
    )

    assert rule(overruling, unready).vetoes == (refusal,)


def test_a_small_organisation_may_let_the_author_vote_and_it_shows():
    by_author = proposal(author="anna")

    assert rule(by_author, state(), author_may_vote=True).separation_relaxed
    assert not rule(proposal(), state(), author_may_vote=True).separation_relaxed


def test_at_the_lightest_gate_the_author_decides():
    light = proposal(body=Role.COORDINATOR, author="anna", votes=(vote("anna"),))

    assert not rule(light, state(Gate.SHAPE)).separation_relaxed


REFUSAL = veto(Role.SERVICE_OWNER, "siv", ("handover_plan",), state(unmet=("handover_plan",)))
OVERDUE = condition(key="old", due_on=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("code", "wanted", "evidence"),
    [
        ("body_may_not_decide", proposal(body=Role.SPONSOR), state()),
        ("body_may_not_decide", proposal(body=Role.PORTFOLIO_BOARD), state()),
        ("manager_decides_own_gate", proposal(votes=(vote("anna"), vote("nils"))), state()),
        ("author_decides", proposal(author="bo"), state()),
        ("voted_twice", proposal(votes=(vote("anna"), vote("anna"))), state()),
        ("quorum_not_positive", proposal(quorum=0), state()),
        ("no_quorum", proposal(quorum=4), state()),
        ("not_carried", proposal(votes=(vote("anna"), vote("bo", Stance.AGAINST))), state()),
        ("not_carried", proposal(votes=(vote("anna", Stance.ABSTAIN),)), state()),
        ("conditions_missing", proposal(Decision.CONDITIONAL_GO), state()),
        ("review_date_missing", proposal(Decision.HOLD), state()),
        ("gaps_missing", proposal(Decision.RECYCLE), state()),
        ("reason_missing", proposal(Decision.STOP, reason=" "), state()),
        ("date_not_ahead", proposal(Decision.HOLD, review_on=TODAY), state()),
        ("date_not_ahead", proposal(
            Decision.CONDITIONAL_GO, conditions=(condition(due_on=TODAY),)), state()),
        ("condition_without_owner", proposal(
            Decision.CONDITIONAL_GO, conditions=(condition(owner=" "),)), state()),
        ("refusal_stands", proposal(vetoes=(REFUSAL,)), state(unmet=("handover_plan",))),
        ("conditions_overdue", proposal(), state(conditions=(OVERDUE,))),
        ("criteria_unmet", proposal(), state(unmet=("tolerances",))),
        ("criteria_unmet", proposal(conditions=(condition(criterion="tolerances"),)),
         state(unmet=("tolerances",))),
        ("receiver_unprotected", proposal(
            Decision.CONDITIONAL_GO, conditions=(condition(criterion="handover_plan"),)),
         state(unmet=("handover_plan",))),
    ],
)  # fmt: skip
def test_a_decision_is_refused_with_the_first_thing_wrong(code, wanted, evidence):
    with pytest.raises(GateError) as refused:
        rule(wanted, evidence)

    assert refused.value.code == code


def test_the_project_manager_is_refused_even_where_the_author_is_not():
    with pytest.raises(GateError) as refused:
        rule(proposal(votes=(vote("nils"),)), state(), author_may_vote=True)

    assert refused.value.code == "manager_decides_own_gate"


@pytest.mark.parametrize(
    ("code", "role", "keys"),
    [
        ("role_may_not_refuse", Role.SPONSOR, ("tolerances",)),
        ("refusal_names_nothing", Role.SERVICE_OWNER, ()),
        ("criterion_unknown", Role.SERVICE_OWNER, ("weather",)),
        ("criterion_is_met", Role.SERVICE_OWNER, ("charter",)),
    ],
)
def test_a_refusal_names_unmet_criteria(code, role, keys):
    with pytest.raises(GateError) as refused:
        veto(role, "siv", keys, state(unmet=("tolerances",)))

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("done_on", "as_of", "overdue"),
    [
        (None, LATER, False),
        (None, LATER + timedelta(days=1), True),
        (LATER, LATER + timedelta(days=1), False),
    ],
)
def test_a_condition_is_overdue_after_its_day(done_on, as_of, overdue):
    assert condition(done_on=done_on).is_overdue(as_of) is overdue


def test_there_are_five_decisions_with_effects():
    assert set(EFFECTS) == set(Decision)
    assert len(EFFECTS) == 5


KEYS = st.sampled_from([each.key for each in criteria()])


@given(
    st.sampled_from(list(Decision)),
    st.frozensets(KEYS, max_size=3),
    st.frozensets(KEYS, max_size=3),
    st.booleans(),
    st.lists(st.sampled_from(list(Stance)), min_size=1, max_size=4),
)
def test_nothing_passes_with_an_uncovered_criterion(decision, unmet, covered, complete, stances):
    wanted = proposal(
        decision,
        votes=tuple(vote(f"v{i}", stance) for i, stance in enumerate(stances)),
        conditions=tuple(condition(key=key, criterion=key) for key in sorted(covered)),
        review_on=LATER if complete else None,
        gaps=("gap",) if complete else (),
        reason="why" if complete else "",
    )
    ruling = code = None
    try:
        ruling = rule(wanted, state(unmet=unmet))
    except GateError as refused:
        code = refused.code

    assert (ruling is None) is bool(code)
    if ruling and ruling.effect.passes:
        open_keys = unmet - (covered if decision is Decision.CONDITIONAL_GO else frozenset())
        assert not open_keys
        assert "handover_plan" not in unmet
