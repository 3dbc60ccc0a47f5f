"""A gunicorn of two workers on the bench database, and a client that measures its answers."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def session_of(username: str) -> str:
    """Log a person in and return the session's key."""
    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@contextmanager
def serving(settings_module: str = "config.settings") -> Iterator[int]:
    """Run the server within the block; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--preload"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "2"]
    command += ["--no-control-socket", "--log-level", "warning"]
    child = subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": settings_module})
    try:
        wait_for(port)
        yield port
    finally:
        child.terminate()
        child.wait(20)


def wait_for(port: int, seconds: float = 60) -> None:
    """Return once something listens there; TimeoutError when nothing does."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


class Client:
    """One kept-alive connection of a logged-in reader."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}",
            "Accept-Encoding": "gzip",
            "Accept": "text/html",
        }

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[float, int]:
        """Return seconds and compressed bytes; RuntimeError for any answer but 200 and 204."""
        begun = time.perf_counter()
        self.connection.request("GET", path, headers={**self.headers, **(headers or {})})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status not in {200, 204}:
            raise RuntimeError(f"{path} answered {answer.status}")
        return time.perf_counter() - begun, len(body)


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]
