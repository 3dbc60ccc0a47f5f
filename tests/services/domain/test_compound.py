"""Compound availability: the worked examples C1-C10 with their sources, and every state summed."""

from contextlib import suppress
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from services.domain.compound import (
    MOST_ENTANGLED,
    Component,
    CompoundError,
    Needs,
    compound,
    k_of_n,
    parallel,
    series,
)


def decimals(*texts):
    return [Decimal(text) for text in texts]


def part(key, own="1", *needs):
    """A component; a need is a key, a (k, members) pair, or Needs itself."""

    def dependency(need):
        if isinstance(need, str):
            return Needs(members=(need,))
        return need if isinstance(need, Needs) else Needs(at_least=need[0], members=tuple(need[1]))

    own = None if own is None else Decimal(own)
    return Component(key=key, own=own, needs=tuple(map(dependency, needs)))


def percent(value, places):
    return round(value * 100, places)


# Worked examples


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["0.9995", "0.9995"], "99.900025"),
        (["0.98", "0.98"], "96.04"),
        (["0.98", "0.98", "0.975", "0.96"], "89.893"),
        ([".98", ".97", ".99", ".9995", ".98", ".978", ".992"], "89.432"),
        (["0.999", "0.999", "0.999"], "99.7003"),
        ([".9999", ".9995", ".999"], "99.8401"),
        ([], "100"),
    ],
    ids=[
        "C1 megamorf cheat sheet",
        "C4 KPI Library",
        "C5 ITIL community",
        "C6 quiz that claimed 97 %",
        "C8 three nines",
        "C8 mixed",
        "nothing",
    ],
)
def test_a_series_is_the_product(parts, expected):
    places = -Decimal(expected).as_tuple().exponent

    assert percent(series(decimals(*parts)), places) == Decimal(expected)


def test_c2_two_regions_in_parallel():
    # megamorf cheat sheet
    region = series(decimals("0.9995", "0.9995"))

    assert percent(parallel([region, region]), 8) == Decimal("99.99990005")


def test_c3_regions_behind_a_traffic_manager():
    region = series(decimals("0.9995", "0.9995"))
    whole = series([parallel([region, region]), Decimal("0.9999")])

    assert percent(whole, 4) == Decimal("99.9899")
    assert round(whole, 8) == Decimal("0.99989900")


def test_c4_parallel():
    assert percent(parallel(decimals("0.98", "0.98")), 2) == Decimal("99.96")


def test_k_of_n_is_the_binomial():
    # 2 of 3 at 0.9: 3 * 0.9^2 * 0.1 + 0.9^3
    assert k_of_n(2, decimals("0.9", "0.9", "0.9")) == Decimal("0.972")


DIAMOND = [
    part("service", "1", (1, ["path-a", "path-b"])),
    part("path-a", "0.99", "database"),
    part("path-b", "0.99", "database"),
    part("database", "0.999"),
]


def test_c10_a_shared_database_is_factored_once():
    shown = compound(DIAMOND, "service")

    assert percent(shown.value, 4) == Decimal("99.8900")
    # Exactly 0.999 (1 - 0.01^2).
    assert shown.value == Decimal("0.9989001")
    assert percent(shown.naive, 4) == Decimal("99.9879")
    assert shown.shared == ("database",)
    assert percent(shown.modelled["path-a"], 3) == Decimal("98.901")


def test_c6_the_weakest_link_bounds_the_chain_from_above():
    chain = [
        part("service", "0.999", "network", "disk"),
        part("network", "0.97"),
        part("disk", "0.98"),
    ]
    shown = compound(chain, "service")

    assert shown.weakest == "network"
    assert shown.value < Decimal("0.97")


def test_a_member_of_a_redundant_group_is_no_weakest_link():
    parts = [part("s", "0.999", (1, ["a", "b"])), part("a", "0.5"), part("b", "0.5")]

    assert compound(parts, "s").weakest == "s"


# The graph


def test_soft_dependencies_are_listed_and_left_out():
    parts = [
        part("service", "0.99", Needs(members=("chat", "wiki"), is_soft=True)),
        part("chat", "0.5"),
        part("wiki", None),
    ]
    shown = compound(parts, "service")

    assert (shown.value, shown.soft, shown.unknown) == (Decimal("0.99"), ("chat", "wiki"), ())


def test_an_unknown_availability_makes_the_whole_unknown_and_is_named():
    shown = compound([part("s", "0.99", "a", "b"), part("a", None), part("b", "0.9")], "s")

    assert (shown.value, shown.naive, shown.reason) == (None, None, "availability_unknown")
    assert shown.unknown == ("a",)


def test_what_the_service_does_not_reach_is_ignored():
    assert compound([part("s", "0.9"), part("other", None, "s")], "s").value == Decimal("0.9")


def test_a_component_needed_twice_counts_once():
    parts = [
        part("s", "1", "a", "b", "net"),
        part("a", "0.9", "net"),
        part("b", "0.8", "net"),
        part("net", "0.5"),
    ]
    shown = compound(parts, "s")

    assert shown.value == Decimal("0.36")
    assert shown.naive == Decimal("0.09")


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ([part("a", "1", "a")], "a > a"),
        ([part("a", "1", "b"), part("b", "1", "c"), part("c", "1", "b")], "b > c > b"),
        (
            [part("a", "1", "x", (1, ["b", "c"])), part("x"), part("b"), part("c", "1", "a")],
            "a > c > a",
        ),
    ],
)
def test_a_cycle_is_refused_with_its_path(parts, path):
    with pytest.raises(CompoundError) as refusal:
        compound(parts, "a")

    assert (refusal.value.code, refusal.value.params["path"]) == ("dependency_cycle", path)


def test_a_chain_of_thousands_is_no_burden():
    parts = [part(str(n), "1", str(n + 1)) for n in range(5000)] + [part("5000", "0.5")]

    assert compound(parts, "0").value == Decimal("0.5")


def test_hundreds_of_private_parts_beside_a_shared_one():
    parts = [part("s", "1", "a", "b", *(f"p{n}" for n in range(900)))]
    parts += [part("a", "0.9", "net"), part("b", "0.9", "net"), part("net", "0.9")]
    parts += [part(f"p{n}") for n in range(900)]

    assert compound(parts, "s").value == Decimal("0.729")


def test_a_long_chain_whose_every_link_needs_the_network():
    count = MOST_ENTANGLED - 1
    parts = [part(str(n), "1", str(n + 1), "net") for n in range(count - 1)]
    parts += [part(str(count - 1), "0.9"), part("net", "0.5")]

    assert compound(parts, "0").value == Decimal("0.45")


def test_redundant_stacks_on_a_common_ground_stay_exact():
    # Twelve pairs, each of two stacks that share one power feed each: 2 feeds, 24 stacks.
    parts = [part("s", "1", *((1, [f"a{n}", f"b{n}"]) for n in range(12)))]
    parts += [part(f"a{n}", "1", "feed-a") for n in range(12)]
    parts += [part(f"b{n}", "1", "feed-b") for n in range(12)]
    parts += [part("feed-a", "0.9"), part("feed-b", "0.9")]

    assert compound(parts, "s").value == Decimal("0.99")


def test_what_is_too_entangled_is_refused_rather_than_guessed():
    services = [f"s{n}" for n in range(MOST_ENTANGLED + 1)]
    parts = [part("root", "1", *services), part("net", "0.9")]
    parts += [part(key, "0.99", "net") for key in services]

    with pytest.raises(CompoundError) as refusal:
        compound(parts, "root")

    assert refusal.value.code == "too_entangled"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda: compound([], "s"), "component_unknown"),
        (lambda: compound([part("s", "1", "t")], "s"), "component_unknown"),
        (
            lambda: compound([part("s", "1", Needs(members=("t",), is_soft=True))], "s"),
            "component_unknown",
        ),
        (lambda: compound([part("s"), part("s")], "s"), "component_repeated"),
        (lambda: part("s", "1.01"), "availability_out_of_range"),
        (lambda: part("s", "NaN"), "availability_out_of_range"),
        (lambda: series([Decimal(-1)]), "availability_out_of_range"),
        (lambda: Needs(members=()), "group_size"),
        (lambda: Needs(members=("a",), at_least=2), "group_size"),
        (lambda: Needs(members=("a",), at_least=0), "group_size"),
        (lambda: Needs(members=("a", "a")), "member_repeated"),
        (lambda: parallel([]), "group_size"),
    ],
)
def test_what_cannot_be_modelled_is_refused(question, code):
    with pytest.raises(CompoundError) as refusal:
        question()

    assert refusal.value.code == code


# Against every state summed

chances = st.integers(0, 10).map(lambda tenths: str(Decimal(tenths) / 10))


@st.composite
def graphs(draw, most=6):
    """Components c0..cn; each needs only later ones, so there is no cycle."""
    count = draw(st.integers(1, most))
    parts = []
    for number in range(count):
        later = [f"c{n}" for n in range(number + 1, count)]
        needs = []
        for _ in range(draw(st.integers(0, 2 if later else 0))):
            members = draw(st.lists(st.sampled_from(later), min_size=1, max_size=3, unique=True))
            needs.append((draw(st.integers(1, len(members))), members))
        parts.append(part(f"c{number}", draw(chances), *needs))
    return parts


def by_states(parts):
    """The definition: sum the probability of every combination in which c0 works."""
    total = Decimal(0)
    for states in product([True, False], repeat=len(parts)):
        chance = Decimal(1)
        for component, is_up in zip(parts, states, strict=True):
            chance *= component.own if is_up else 1 - component.own
        works = {}
        for component, is_up in reversed(list(zip(parts, states, strict=True))):
            works[component.key] = is_up and all(
                sum(works[m] for m in needs.members) >= needs.at_least for needs in component.needs
            )
        total += chance * works["c0"]
    return total


@given(graphs())
def test_the_value_is_the_sum_over_every_state(parts):
    assert abs(compound(parts, "c0").value - by_states(parts)) < Decimal("1e-20")


@given(graphs(most=9))
def test_a_service_is_never_better_than_its_weakest_link(parts):
    shown = compound(parts, "c0")

    weakest = next(c for c in parts if c.key == shown.weakest)
    assert 0 <= shown.value <= weakest.own
    assert shown.modelled["c0"] == shown.value
    if not shown.shared:
        assert shown.value == shown.naive


@given(graphs(most=8), st.data())
def test_a_better_component_never_makes_a_worse_service(parts, data):
    place = data.draw(st.integers(0, len(parts) - 1))
    better = [*parts]
    better[place] = Component(key=parts[place].key, own=Decimal(1), needs=parts[place].needs)

    assert compound(better, "c0").value >= compound(parts, "c0").value


@given(st.lists(chances.map(Decimal), min_size=1, max_size=8))
def test_all_of_n_is_a_series_and_more_needed_is_never_better(parts):
    falling = [k_of_n(k, parts) for k in range(1, len(parts) + 1)]

    assert falling[-1] == series(parts)
    assert falling == sorted(falling, reverse=True)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.decimals() | st.none(),
            st.lists(st.tuples(st.integers(-1, 3), st.lists(st.sampled_from("abcde")))),
        ),
        max_size=5,
    )
)
def test_any_graph_is_modelled_or_refused_with_a_code(rows):
    with suppress(Refusal):
        parts = [part(key, own, *needs) for key, own, needs in rows]
        shown = compound(parts, "a")
        assert (shown.value is None) == bool(shown.unknown)
