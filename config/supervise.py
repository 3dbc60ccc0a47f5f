"""Keep web and worker running as children and stop them all on Ctrl-C.

Run by path, not imported: it uses the standard library only, so that the watching process is
small. A child that dies is started again after a pause; three deaths within a minute end it all.
Nothing outlives it: children end when it is killed, and it ends when the `make` above it does.
Usage: python config/supervise.py PORT SENTENCE...
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import FrameType

DEATHS, WITHIN_SECONDS = 3, 60
#: Linux' prctl option: the signal a process gets when its parent dies
PARENT_DEATH_SIGNAL = 1


def _end_with_parent() -> None:
    """Ask the system to end this child when the supervisor is killed without a word."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


class Make:
    """The `make` that has started us, if one has: Ctrl-C or a kill may reach it alone."""

    def __init__(self) -> None:
        self.pid = os.getppid() if "MAKELEVEL" in os.environ else None
        self.listened = self._listens()

    def is_ending(self) -> bool:
        """Whether it is gone, or has been interrupted and waits for us."""
        if self.pid is None:
            return False
        return os.getppid() != self.pid or (self.listened and not self._listens())

    def _listens(self) -> bool:
        """Whether it would act on an interrupt; it has let go of the signal when it has got one."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught.split()[1], 16) & 1 << (signal.SIGINT - 1))


class Child:
    """One process and the times it has died."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.deaths: list[float] = []
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        # A session of its own: Ctrl-C reaches the supervisor only, which then ends each in order.
        return subprocess.Popen(self.command, start_new_session=True, preexec_fn=_end_with_parent)

    def revive(self) -> bool:
        """Start a dead child again; False when it dies too often."""
        if self.process.poll() is None:
            return True
        now = time.monotonic()
        self.deaths = [at for at in self.deaths if now - at < WITHIN_SECONDS] + [now]
        if len(self.deaths) >= DEATHS:
            return False
        self._kill_group()  # what it had started lives on, such as the beat of a killed worker
        time.sleep(1)
        self.process = self._start()
        return True

    def stop(self, seconds: float = 20) -> None:
        """Ask it to end, then end it with everything it started."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._kill_group()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def commands(port: str) -> dict[str, list[str]]:
    """Return the embedded processes: web, and one worker with beat inside."""
    python = sys.executable
    data = os.environ["DATA_DIR"]
    web = [
        python,
        "-m",
        "gunicorn",
        "config.wsgi:application",
        "--preload",
        "--bind",
        f"0.0.0.0:{port}",
    ]
    web += [
        # One process with threads: a second would cost 60 MB and share the same SQLite writer.
        "--workers",
        "1",
        "--threads",
        "4",
        "--timeout",
        "60",
        "--no-control-socket",
        "--log-level",
        "warning",
    ]
    worker = [
        python,
        # One machine, one person: that it is root is what a container is like.
        "-W",
        "ignore:You're running the worker",
        "-m",
        "celery",
        "--quiet",
        "--app",
        "config",
        "worker",
        "-B",
        "--pool",
        "threads",
        "--concurrency",
        "2",
    ]
    worker += [
        "--loglevel",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
    worker += ["--schedule", f"{data}/beat-schedule"]
    return {"web": web, "worker": worker}


def answers(port: str) -> bool:
    """Return whether the site answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main(port: str, sentences: list[str]) -> int:
    """Run until told to stop; return 0 after Ctrl-C, 1 when a part would not live."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)  # a shell may have told us to ignore it
    make = Make()
    children: list[Child] = []
    code = 0
    try:
        children = [Child(name, command) for name, command in commands(port).items()]
        told = False
        while not make.is_ending():
            if not told and answers(port):
                print("\n".join(sentences), flush=True)
                told = True
            for child in children:
                if not child.revive():
                    print(
                        f"The {child.name} process ended three times within a minute; "
                        "the lines above say why."
                    )
                    code = 1
                    raise KeyboardInterrupt
            time.sleep(0.5 if told else 0.1)
    except KeyboardInterrupt:
        pass
    # A second Ctrl-C must not end us before the children have ended.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):  # the terminal may be gone
        print("Stopping…", flush=True)
    for child in reversed(children):
        child.stop()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
