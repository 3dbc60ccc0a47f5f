"""Long work survives the death of its worker and never runs twice at once."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction

from common import clock, jobs
from common.errors import Refused
from common.jobs import LeaseLost, Slice
from common.models import Job

pytestmark = pytest.mark.django_db
DONE: list[int] = []


def _count_to_three(turn: Slice) -> bool:
    at = turn.job.cursor.get("at", 0)
    if at >= 3:
        return True
    with transaction.atomic():
        DONE.append(at)
        turn.advance(cursor={"at": at + 1}, done=at + 1, total=3)
    return False


def _refuse(turn: Slice) -> bool:
    raise Refused("common.reason_needed")


def _fall(turn: Slice) -> bool:
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def _work() -> Iterator[None]:
    DONE.clear()
    for name, do in {"count": _count_to_three, "refuse": _refuse, "fall": _fall}.items():
        jobs.register(name, do)
    yield
    for name in ("count", "refuse", "fall"):
        jobs._WORK.pop(name)


def test_a_job_is_done_slice_by_slice() -> None:
    job = jobs.run_to_end(jobs.start("count", by=None, params={}))

    assert (job.state, job.done, job.total, job.percent) == ("done", 3, 3, 100)
    assert DONE == [0, 1, 2]


def test_a_job_goes_on_from_its_cursor_when_its_worker_died() -> None:
    jobs.start("count", by=None, params={})
    taken = jobs.take()
    assert taken is not None
    jobs.run_slice(taken)  # one number, then the worker is gone with the next slice in hand
    again = jobs.take()
    assert again is not None
    assert jobs.take() is None  # nobody else gets it while the lease holds
    Job.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))

    third = jobs.take()
    assert third is not None
    jobs.run_to_end(third)

    assert DONE == [0, 1, 2]


def test_a_worker_whose_lease_is_gone_writes_nothing_more() -> None:
    jobs.start("count", by=None, params={})
    slow = jobs.take()
    assert slow is not None
    Job.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
    jobs.take()

    with pytest.raises(LeaseLost), transaction.atomic():
        Slice(slow, 0).advance(cursor={"at": 9}, done=9)

    assert Job.objects.get().cursor == {}


def test_a_job_that_falls_three_times_fails_visibly() -> None:
    jobs.start("count", by=None, params={})
    for _ in range(3):
        assert jobs.take() is not None
        Job.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))

    assert jobs.take() is None
    job = Job.objects.get()
    assert (job.state, job.error["code"]) == ("failed", "common.job_lost")


@pytest.mark.parametrize(
    ("work", "code"), [("refuse", "common.reason_needed"), ("fall", "common.job_failed")]
)
def test_what_goes_wrong_stands_on_the_job(work: str, code: str) -> None:
    job = jobs.run_to_end(jobs.start(work, by=None, params={}))

    assert (job.state, job.error["code"]) == ("failed", code)


def test_a_stopped_job_is_not_taken_again() -> None:
    jobs.start("count", by=None, params={})
    Job.objects.update(state="stopped")

    assert jobs.take() is None


def test_unknown_work_is_refused_at_once() -> None:
    with pytest.raises(LookupError):
        jobs.start("nothing", by=None, params={})


def _stopped_meanwhile(turn: Slice) -> bool:
    Job.objects.filter(pk=turn.job.pk).update(state="stopped")
    return True


def _taken_over_meanwhile(turn: Slice) -> bool:
    later = clock.now() + dt.timedelta(minutes=5)
    Job.objects.filter(pk=turn.job.pk).update(lease_until=later)
    raise ZeroDivisionError


def test_a_job_that_a_person_stopped_stays_stopped_though_its_slice_ends_well() -> None:
    jobs._WORK["count"] = _stopped_meanwhile
    jobs.start("count", by=None, params={})
    job = jobs.take()
    assert job is not None

    jobs.run_slice(job)

    assert Job.objects.get().state == "stopped"


def test_a_worker_that_falls_late_does_not_fell_the_one_that_took_over() -> None:
    jobs._WORK["count"] = _taken_over_meanwhile
    jobs.start("count", by=None, params={})
    job = jobs.take()
    assert job is not None

    jobs.run_slice(job)

    assert Job.objects.get().state == "running"


def test_a_fall_after_a_rolled_back_chunk_is_still_told() -> None:
    def half(turn: Slice) -> bool:
        with transaction.atomic():
            turn.advance(cursor={"at": 1}, done=1)
            raise ZeroDivisionError

    jobs._WORK["count"] = half
    jobs.start("count", by=None, params={})
    job = jobs.take()
    assert job is not None

    jobs.run_slice(job)

    row = Job.objects.get()
    assert (row.state, row.cursor, row.error["code"]) == ("failed", {}, "common.job_failed")
