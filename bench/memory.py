"""Memory of the embedded site: the sum of what each process holds for itself (PSS)."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.server import free_port, wait_for
from bench.table import Row

AREA = "Memory"


def run() -> list[Row]:
    """Return the sum for `manage.py start`: watcher, web with one worker, worker with beat."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="brygga-bench-") as folder:
        environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "MODE"}}
        environment |= {"DATA_DIR": folder, "PORT": str(port)}
        environment.setdefault("DEMO", "0")
        child = subprocess.Popen(
            [sys.executable, "manage.py", "start"],
            env=environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for(port, 180)
            for _ in range(40):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/") as answer:
                    answer.read()
            time.sleep(20)
            tree = _tree(child.pid)
            total = sum(_pss(pid) for pid in tree)
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(60)
    name = f"embedded, {len(tree)} processes"
    return [Row(area=AREA, name=name, value=total / 1000, unit="MB", target=300)]


def _tree(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # it has ended meanwhile
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found, fresh = {root}, {root}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return sorted(found)


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
