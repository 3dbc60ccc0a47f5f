"""A lock that one worker has, another cannot get; it ends with its holder."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connections

from common.db import read_phase
from common.locks import Busy, one_at_a_time

pytestmark = pytest.mark.django_db(transaction=True)


def _try(number: int) -> str:
    try:
        with read_phase(), one_at_a_time(number, seconds=0.1):
            return "got it"
    except Busy:
        return "busy"
    finally:
        connections.close_all()


def test_a_second_worker_waits_and_then_hears_that_it_is_busy() -> None:
    with ThreadPoolExecutor(1) as other:
        with read_phase(), one_at_a_time(7):
            held = other.submit(_try, 7).result(10)
            beside = other.submit(_try, 8).result(10)
        after = other.submit(_try, 7).result(10)

    assert (held, beside, after) == ("busy", "got it", "got it")


def test_the_lock_is_free_when_its_holder_falls() -> None:
    with pytest.raises(ZeroDivisionError), read_phase(), one_at_a_time(9):
        raise ZeroDivisionError

    assert _try(9) == "got it"


def test_the_wait_ends_as_soon_as_the_other_is_done() -> None:
    begun, done = Event(), Event()

    def hold() -> None:
        try:
            with read_phase(), one_at_a_time(10):
                begun.set()
                done.wait(5)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        holding = other.submit(hold)
        assert begun.wait(5)
        done.set()
        holding.result(5)
        assert _try(10) == "got it"
