"""Cost of a service: parts that always sum to the whole, and shares that are refused."""

from contextlib import suppress
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from services.domain.cost import (
    Allocation,
    CostError,
    CostParts,
    amortised,
    shares_by_driver,
    split,
    total_costs,
    unavailability_cost,
    unit_cost,
)


def run(amount):
    return CostParts(run=Decimal(amount))


def shares(**parts):
    return {key: Decimal(str(share)) for key, share in parts.items()}


def test_total_cost_is_direct_and_shares_and_projects():
    # services 4.10: TCO = direct + share of supporting services + amortised projects
    costs = total_costs(
        {
            "mail": CostParts(run=Decimal(100), change=Decimal(20), amortised=Decimal(5)),
            "web": run(50),
            "network": CostParts(run=Decimal(40), amortised=Decimal(4)),
        },
        [Allocation(provider="network", shares=shares(mail=0.75, web=0.25))],
    )

    mail = costs["mail"]
    assert mail.total == CostParts(run=Decimal(130), change=Decimal(20), amortised=Decimal(8))
    assert [(r.provider, r.parts.total) for r in mail.received] == [("network", 33)]
    assert (costs["network"].total.total, costs["network"].kept) == (44, 0)
    assert (costs["web"].kept, mail.kept) == (61, 158)


def test_costs_flow_through_several_tiers():
    costs = total_costs(
        {"app": run(1), "platform": run(10), "power": run(100)},
        [
            Allocation(provider="platform", shares=shares(app=1)),
            Allocation(provider="power", shares=shares(platform="0.6", app="0.4")),
        ],
    )

    assert costs["platform"].total.total == 70
    assert costs["app"].kept == 111
    assert [r.provider for r in costs["app"].received] == ["power", "platform"]


@pytest.mark.parametrize(
    ("amount", "weights", "expected"),
    [
        ("100.00", {"a": 1, "b": 1, "c": 1}, ["33.34", "33.33", "33.33"]),
        ("0.01", {"a": 1, "b": 1}, ["0.01", "0.00"]),
        ("0.05", {"a": 1, "b": 2}, ["0.02", "0.03"]),
        ("0.05", {"a": 1, "b": 3}, ["0.01", "0.04"]),
        ("0.00", {"a": 1, "b": 3}, ["0.00", "0.00"]),
        ("-100.00", {"a": 1, "b": 1, "c": 1}, ["-33.34", "-33.33", "-33.33"]),
        ("10", {"a": 0, "b": 5}, ["0.00", "10.00"]),
    ],
)
def test_an_amount_is_split_to_the_last_cent(amount, weights, expected):
    parts = split(Decimal(amount), {key: Decimal(w) for key, w in weights.items()})

    assert list(parts.values()) == [Decimal(text) for text in expected]


def test_shares_by_driver_are_a_whole():
    assert shares_by_driver(shares(a=1, b=1, c=1)) == shares(
        a="0.333334", b="0.333333", c="0.333333"
    )


def test_a_project_is_written_off_month_by_month_to_the_last_cent():
    by_quarter = [
        amortised(Decimal("100.00"), months=7, first=m, beyond=m + 3) for m in range(0, 9, 3)
    ]

    assert by_quarter == [Decimal("42.86"), Decimal("42.85"), Decimal("14.29")]
    assert amortised(Decimal("100.00"), months=7, first=7, beyond=99) == 0
    assert amortised(Decimal("100.00"), months=7, first=-9, beyond=0) == 0


def test_unit_cost_without_consumption_has_a_reason():
    assert unit_cost(Decimal(120), Decimal(40)).value == 3
    assert unit_cost(Decimal(120), Decimal(0)).reason == "no_consumption"


def test_unavailability_costs_downtime_by_the_hour():
    # services 4.10
    assert unavailability_cost(Decimal(5400), Decimal("1000.01")) == Decimal("1500.02")


A_B = {"a": run(1), "b": run(1), "c": run(1)}


@pytest.mark.parametrize(
    ("allocations", "code", "params"),
    [
        ([{"a": {"a": 1}}], "dependency_cycle", {"path": "a > a"}),
        (
            [{"a": {"b": 1}}, {"b": {"c": 1}}, {"c": {"a": 1}}],
            "dependency_cycle",
            {"path": "a > c > b > a"},
        ),
        ([{"a": {"b": 1}}, {"a": {"c": 1}}], "provider_repeated", {"provider": "a"}),
        ([{"a": {"x": 1}}], "service_unknown", {"service": "x"}),
        ([{"x": {"a": 1}}], "service_unknown", {"service": "x"}),
        (
            [{"a": {"b": "0.7", "c": "0.4"}}],
            "shares_not_whole",
            {"provider": "a", "total": "110.0"},
        ),
        (
            [{"a": {"b": "0.5", "c": "0.49"}}],
            "shares_not_whole",
            {"provider": "a", "total": "99.0"},
        ),
        ([{"a": {}}], "shares_not_whole", {"provider": "a", "total": "0.0"}),
        (
            [{"a": {"b": "1.2", "c": "-0.2"}}],
            "share_out_of_range",
            {"provider": "a", "consumer": "b", "share": "1.2"},
        ),
        (
            [{"a": {"b": "NaN"}}],
            "share_out_of_range",
            {"provider": "a", "consumer": "b", "share": "NaN"},
        ),
    ],
)
def test_shares_that_make_no_whole_are_refused(allocations, code, params):
    with pytest.raises(CostError) as refusal:
        total_costs(
            A_B,
            [
                Allocation(provider=key, shares=shares(**parts))
                for allocation in allocations
                for key, parts in allocation.items()
            ],
        )

    assert (refusal.value.code, dict(refusal.value.params)) == (code, params)


ONE = Decimal(1)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda: run("NaN"), "amount_not_finite"),
        (lambda: run("0.001"), "amount_too_fine"),
        (lambda: run("1E30"), "amount_too_large"),
        (lambda: split(ONE, {}), "no_units"),
        (lambda: split(ONE, shares(a=0)), "no_units"),
        (lambda: split(ONE, shares(a=-1, b=2)), "units_negative"),
        (lambda: split(ONE, shares(a="1E-13")), "amount_too_fine"),
        (lambda: split(ONE, shares(a="1E19")), "amount_too_large"),
        (lambda: amortised(ONE, months=0, first=0, beyond=1), "months_not_positive"),
        (lambda: amortised(ONE, months=1, first=1, beyond=0), "interval_reversed"),
        (lambda: unit_cost(ONE, Decimal(-1)), "units_negative"),
        (lambda: unavailability_cost(Decimal(-1), ONE), "units_negative"),
        (lambda: unavailability_cost(Decimal("1E15"), Decimal("1E15")), "amount_too_large"),
    ],
)
def test_what_cannot_be_costed_is_refused(question, code):
    with pytest.raises(CostError) as refusal:
        question()

    assert refusal.value.code == code


money = st.decimals(-(10**9), 10**9, places=2)
weights = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2), st.decimals(0, 10**6, places=3), min_size=1
)


@given(money, weights)
def test_the_parts_of_a_split_sum_to_the_whole_and_lie_within_a_cent_of_their_share(amount, units):
    total = sum(units.values())
    if not total:
        return

    parts = split(amount, units)

    assert sum(parts.values()) == amount
    for key, part in parts.items():
        assert abs(part - amount * units[key] / total) < Decimal("0.010001")
    assert sum(shares_by_driver(units).values()) == 1


@st.composite
def cost_models(draw):
    """Services s0..sn; each passes its cost only to later ones, so there is no cycle."""
    count = draw(st.integers(1, 6))
    parts = st.builds(CostParts, run=money, change=money, amortised=money)
    direct = {f"s{n}": draw(parts) for n in range(count)}
    allocations = []
    for number in range(count - 1):
        consumers = [f"s{n}" for n in range(number + 1, count)]
        chosen = draw(st.lists(st.sampled_from(consumers), unique=True))
        if chosen:
            units = {key: Decimal(draw(st.integers(1, 9))) for key in chosen}
            allocations.append(Allocation(provider=f"s{number}", shares=shares_by_driver(units)))
    return direct, allocations


@given(cost_models())
def test_what_all_services_keep_is_what_all_cost(model):
    direct, allocations = model

    costs = total_costs(direct, allocations)

    assert sum(cost.kept for cost in costs.values()) == sum(p.total for p in direct.values())
    providers = {allocation.provider for allocation in allocations}
    for key, cost in costs.items():
        assert cost.total.total == cost.direct.total + sum(r.parts.total for r in cost.received)
        assert cost.kept == (0 if key in providers else cost.total.total)


@given(cost_models(), st.randoms())
def test_order_of_allocations_does_not_matter(model, random):
    direct, allocations = model
    shuffled = random.sample(allocations, len(allocations))

    assert {k: c.total for k, c in total_costs(direct, shuffled).items()} == {
        k: c.total for k, c in total_costs(direct, allocations).items()
    }


@given(money, st.integers(1, 120), st.lists(st.integers(0, 130), max_size=5))
def test_all_periods_of_a_write_off_add_up_to_its_cost(cost, months, cuts):
    edges = [0, *sorted(cuts), 130]

    charged = [amortised(cost, months=months, first=a, beyond=b) for a, b in pairwise(edges)]

    assert sum(charged) == cost


@given(
    st.dictionaries(st.sampled_from("abc"), st.decimals(), max_size=3),
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.dictionaries(st.sampled_from("abcd"), st.decimals())),
        max_size=3,
    ),
    st.decimals(),
)
def test_any_model_is_costed_or_refused_with_a_code(direct, allocations, units):
    with suppress(Refusal):
        split(units, direct)
    with suppress(Refusal):
        unit_cost(Decimal(1), units)
    with suppress(Refusal):
        unavailability_cost(units, Decimal(7))
    with suppress(Refusal):
        amortised(units, months=3, first=0, beyond=2)
    with suppress(Refusal):
        total_costs(
            {key: CostParts(run=amount) for key, amount in direct.items()},
            [Allocation(provider=key, shares=parts) for key, parts in allocations],
        )
