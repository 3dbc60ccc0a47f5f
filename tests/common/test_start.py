"""`manage.py start` and the supervisor: sentences instead of tracebacks, children that end."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management.base import CommandError

from common.management.commands import start
from config import supervise

SCRIPT = Path(settings.BASE_DIR) / "config" / "supervise.py"
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
#: the supervisor with two tiny children in place of web and worker
TINY = (
    f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import supervise;"
    f"supervise.commands = lambda port: {{'web': {SLEEP!r}, 'worker': {SLEEP!r}}};"
    "supervise.answers = lambda port: True;"
    "sys.exit(supervise.main('1', ['It runs.']))"
)


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "65536", "80.5", "８０"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match=r"must be a number from 1 to 65535, e\.g\. PORT=8000"):
        start.checked_port(text)


def test_a_taken_port_says_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=f"PORT={port + 1} make run"):
            start.checked_port(str(port))


def test_a_free_port_is_given_back() -> None:
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        port = probe.getsockname()[1]

    assert start.checked_port(str(port)) == str(port)


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(CommandError, match="Set DATA_DIR to one that can"):
        start.prepare_folder(tmp_path / "file" / "below")


def test_old_messages_are_purged_and_the_rest_stays(tmp_path: Path, settings: Any) -> None:
    settings.QUEUE_DIR = tmp_path / "queue"
    (tmp_path / "queue" / "messages").mkdir(parents=True)
    (tmp_path / "queue" / "messages" / "old").write_text("x")
    (tmp_path / "beat-schedule.db").write_text("x")
    (tmp_path / "brygga.sqlite3").write_text("keep")

    start.prepare_folder(tmp_path)
    start.prepare_folder(tmp_path)

    assert sorted(p.name for p in (tmp_path / "queue").iterdir()) == ["control", "messages"]
    assert list((tmp_path / "queue" / "messages").iterdir()) == []
    assert (tmp_path / "brygga.sqlite3").read_text() == "keep"
    assert not (tmp_path / "beat-schedule.db").exists()


def test_the_demo_s_people_are_named_only_in_the_demo(settings: Any) -> None:
    settings.DEMO = True
    shown = "\n".join(start.sentences("8123"))
    settings.DEMO = False
    plain = "\n".join(start.sentences("8123"))

    assert "http://localhost:8123/" in shown
    assert "pmo, smo, pm, owner, benefit, manager, executive, auditor, admin" in shown
    assert "demo" not in plain


def test_a_dead_child_is_started_again_and_a_dying_one_given_up() -> None:
    child = supervise.Child("short", [sys.executable, "-c", ""])
    alive = []
    for _ in range(supervise.DEATHS):
        child.process.wait(10)
        alive.append(child.revive())

    assert alive == [True, True, False]


def test_a_living_child_is_left_alone_and_stopped_with_what_it_started() -> None:
    parent = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"p = subprocess.Popen({SLEEP!r}); print(p.pid, flush=True); time.sleep(600)"
    )
    child = supervise.Child("stubborn", [sys.executable, "-c", parent])
    started = _children_in_time(child.process.pid)

    assert child.revive()
    child.stop(seconds=0.2)

    assert child.process.returncode == -signal.SIGKILL
    assert len(started) == 1
    assert [pid for pid in started if _is_alive(pid)] == []


def test_the_site_answers_only_when_it_does() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert not supervise.answers(str(port))


def test_the_processes_are_those_that_exist(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    web, worker = supervise.commands("8000").values()

    assert "config.wsgi:application" in web
    assert {"-B", "threads", "--schedule"} <= set(worker)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_the_supervisor_ends_its_children_and_leaves_with_nought(
    tmp_path: Path, sign: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TINY], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout
    assert process.stdout.readline().strip() == "It runs."
    children = _children_in_time(process.pid)

    process.send_signal(sign)
    said, _ = process.communicate(timeout=30)

    assert (process.returncode, said.strip()) == (0, "Stopping…")
    assert len(children) == 2
    assert [pid for pid in children if _is_alive(pid)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's death")
def test_a_supervisor_that_is_killed_leaves_nothing_running(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", TINY], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline().strip() == "It runs."
    children = _children_in_time(process.pid)

    process.kill()
    process.communicate(timeout=30)

    assert len(children) == 2
    assert [pid for pid in children if _is_alive(pid)] == []


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_reaches_make_alone_ends_all_of_it(tmp_path: Path, sign: signal.Signals) -> None:
    (tmp_path / "tiny.py").write_text(TINY)
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec {sys.executable} tiny.py\n")
    make = subprocess.Popen(
        ["make", "run"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # As a person starts it, although `make test` may have started this.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        # Whoever started the tests in the background may have told them to ignore it.
        preexec_fn=_heed_interrupts,
    )
    assert make.stdout
    assert make.stdout.readline().strip() == "It runs."
    (supervisor,) = _children_in_time(make.pid)
    children = _children_in_time(int(supervisor))

    make.send_signal(sign)
    make.wait(30)

    assert len(children) == 2
    assert [pid for pid in (supervisor, *children) if _is_alive(pid)] == []


def _children_in_time(pid: int) -> list[str]:
    """Return what a process has started, as soon as it has."""
    for _ in range(200):
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if found:
            return found
        time.sleep(0.05)
    return []


def _is_alive(pid: str) -> bool:
    """Return whether a process runs; one that waits to be reaped does not."""
    for _ in range(40):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return False
        time.sleep(0.05)
    return True
