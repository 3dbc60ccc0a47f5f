"""Keep web and worker running as children and stop them all on Ctrl-C.

Run by path, not imported: it uses the standard library only, so that the watching process is
small. A child that dies is started again after a pause; three deaths within a minute end it all.
Usage: python config/supervise.py PORT SENTENCE...
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

DEATHS, WITHIN_SECONDS = 3, 60


class Child:
    """One process and the times it has died."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.deaths: list[float] = []
        # A session of its own: Ctrl-C reaches the supervisor only, which then ends each in order.
        self.process = subprocess.Popen(command, start_new_session=True)

    def revive(self) -> bool:
        """Start a dead child again; False when it dies too often."""
        if self.process.poll() is None:
            return True
        now = time.monotonic()
        self.deaths = [at for at in self.deaths if now - at < WITHIN_SECONDS] + [now]
        if len(self.deaths) >= DEATHS:
            return False
        time.sleep(1)
        self.process = subprocess.Popen(self.command, start_new_session=True)
        return True

    def stop(self, seconds: float = 20) -> None:
        """Ask it to end, then end it with everything it started."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


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
    children: list[Child] = []
    code = 0
    try:
        children = [Child(name, command) for name, command in commands(port).items()]
        told = False
        while True:
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
        # A second Ctrl-C must not end us before the children have ended.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("Stopping…", flush=True)
        for child in reversed(children):
            child.stop()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
