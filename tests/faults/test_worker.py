"""Workers that are killed, doubled, or robbed of their queue: the work is done all the same."""

import shutil

import pytest

from tests.faults.house import House, free_port, until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

MARKS = "select count(*) from common_changemark"
STANDING = "select count(*) from projects_projectstanding"
CHANGES = "select count(*) from portfolio_standingchange"


def test_a_worker_killed_in_the_middle_of_a_rollup_loses_nothing(house: House) -> None:
    house.build(projects=3000)
    worker = house.worker()
    until(lambda: house.ask(STANDING) > 0)

    house.kill(worker)

    assert house.ask(MARKS) > 0, "it was killed too late to show anything"
    house.worker()
    until(lambda: house.ask(MARKS) == 0)
    assert house.ask(STANDING) == 3000
    assert "0 failed" in house.manage("rollup", "--verify")


def test_two_workers_with_a_beat_each_do_the_work_once(house: House) -> None:
    house.build(projects=200)

    house.worker()
    house.worker()

    until(lambda: house.ask(MARKS) == 0)
    until(lambda: house.ask("select count(*) from common_heartbeat where name = 'sweep'"))
    assert house.ask(STANDING) == 200
    assert "0 failed" in house.manage("rollup", "--verify")
    assert house.ask(
        "select max(n) from (select count(*) n from portfolio_snapshot"
        ' group by kind, object_id, "on", revision union select 0) as each_one'
    ) in {0, 1}


def test_a_day_written_three_times_stands_once(house: House) -> None:
    house.build(projects=20)
    house.manage("rollup")
    today = house.manage(
        "shell", "-v", "0", "-c", "from common import clock; print(clock.today('Europe/Stockholm'))"
    ).strip()

    for _ in range(3):
        house.manage("rollup", "--date", today)

    assert house.ask("select count(*) from portfolio_snapshot where kind = 'project'") == 20
    assert house.ask("select count(*) from portfolio_snapshotday") == 1


def test_a_sweep_delivered_three_times_notes_each_change_once(house: House) -> None:
    house.build(projects=20)

    for _ in range(3):
        house.manage("shell", "-v", "0", "-c", "from portfolio.tasks import sweep; sweep()")

    assert house.ask(STANDING) == 20
    assert house.ask(CHANGES) == 20


def test_a_worker_whose_queue_is_deleted_goes_on_when_started_again(house: House) -> None:
    house.build(projects=5)
    worker = house.worker()
    until(lambda: house.ask(MARKS) == 0)

    shutil.rmtree(house.folder / "queue")
    house.manage(
        "shell",
        "-v",
        "0",
        "-c",
        "from common import marks; from common.subjects import Subject;"
        "marks.mark([Subject('project', 1)])",
    )
    house.kill(worker)
    house.manage("start", "--prepare-only", "--port", free_port())
    house.worker()

    until(lambda: house.ask(MARKS) == 0)


IMPORT = """
from tests.factories.accounts import make_organisation
from tests.factories.exchange import staged
from exchange.actions import confirm
root = make_organisation(name="Nordvik")
lines = ["Number;Project;Phase;Planned finish;Approved budget"]
lines += ["P-%d;Project %d;Executing;2027-01-31;100000" % (n, n) for n in range({rows})]
batch = staged(chr(10).join(lines).encode(), root=root)
confirm(batch, by=None)
"""


def test_a_worker_killed_in_the_middle_of_an_import_loses_and_doubles_nothing(house: House) -> None:
    house.manage("shell", "-v", "0", "-c", IMPORT.format(rows=4000))
    worker = house.worker()
    until(lambda: house.ask("select count(*) from projects_project") > 0)

    house.kill(worker)

    written = house.ask("select count(*) from projects_project")
    assert 0 < written < 4000, "it was killed too late to show anything"
    house.tell("update common_job set lease_until = '2000-01-01 00:00:00'")  # the lease runs out
    house.worker()
    until(lambda: house.ask("select state from common_job where work = 'import'") == "done")
    assert house.ask("select count(*) from projects_project") == 4000
    assert house.ask("select count(distinct external_id) from projects_project") == 4000
    items = "select count(*) from common_auditevent where action = 'project.imported'"
    assert house.ask(items) == 4000
