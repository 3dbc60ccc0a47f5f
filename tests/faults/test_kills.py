"""Killed before any write of any deed of the roll-up: what stands in the end is the same."""

import json
import subprocess
import sys

import pytest

from tests.faults.house import ROOT, House, on_server

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize("deed", ["sweep", "full", "verify", "day_end"])
def test_a_deed_killed_anywhere_is_finished_by_the_next_one(house: House, deed: str) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.killing", deed],
            cwd=ROOT, env=house.environment, capture_output=True, text=True, timeout=600,
            check=False,
        )  # fmt: skip
    finally:
        if house.name:
            on_server(f'drop database if exists "{house.name}_kept" with (force)')
    assert done.returncode == 0, done.stderr[-2000:]
    turns = [json.loads(line) for line in done.stdout.splitlines()]
    *killed, (status, whole) = turns

    assert status == 0
    assert len(killed) >= 5, "there was hardly anything to kill"
    assert {status for status, _ in killed} == {9}
    assert whole["project"]
    assert whole["marks"] == 0
    assert [number for number, (_, found) in enumerate(killed, 1) if found != whole] == []
