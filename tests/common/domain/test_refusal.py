"""The shape every engine's refusal has."""

import copy
import pickle

import pytest

from common.domain.refusal import Refusal


class CostError(Refusal):
    """A subclass as every engine has one."""


def test_a_refusal_is_a_value_error_with_a_code_and_parameters():
    refusal = Refusal("share_out_of_range", share="1.2")

    assert isinstance(refusal, ValueError)
    assert (refusal.code, dict(refusal.params)) == ("share_out_of_range", {"share": "1.2"})
    assert str(refusal) == "share_out_of_range {'share': '1.2'}"
    assert str(Refusal("no_units")) == "no_units"


def test_its_parameters_cannot_be_changed():
    with pytest.raises(TypeError):
        Refusal("no_units", key="a").params["key"] = "b"


@pytest.mark.parametrize(
    "travel", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))]
)
def test_it_travels_whole(travel):
    arrived = travel(CostError("dependency_cycle", path="a > b > a"))

    assert type(arrived) is CostError
    assert (arrived.code, arrived.params["path"]) == ("dependency_cycle", "a > b > a")
