"""Randomness that repeats."""

import pytest

from demo.noise import poisson, season, stream


def test_equal_names_give_equal_streams_and_others_do_not() -> None:
    first, again, other = stream("a", 1), stream("a", 1), stream("a", 2)
    drawn = [first.random() for _ in range(5)]
    assert drawn == [again.random() for _ in range(5)]
    assert drawn != [other.random() for _ in range(5)]


def test_poisson_has_its_mean_and_its_variance() -> None:
    random = stream("poisson")
    drawn = [poisson(random, 3.0) for _ in range(20_000)]
    mean = sum(drawn) / len(drawn)
    assert mean == pytest.approx(3, abs=0.06)
    assert sum((n - mean) ** 2 for n in drawn) / len(drawn) == pytest.approx(3, abs=0.15)


def test_nothing_happens_where_nothing_is_expected() -> None:
    assert poisson(stream("none"), 0) == 0


def test_season_is_highest_on_its_peak_and_even_over_the_year() -> None:
    year = [season(day, peak=250, strength=0.2) for day in range(365)]
    assert max(range(365), key=year.__getitem__) == 250
    assert sum(year) / len(year) == pytest.approx(1, abs=0.001)
