"""The production way of running, as the compose file starts it: it answers and is found well."""

import subprocess
import sys

import pytest

from tests.faults.house import ROOT, House, free_port, until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


def test_the_health_check_of_the_image_finds_the_web_well_and_tells_when_it_is_not(
    house: House,
) -> None:
    """No visitor's host name is 127.0.0.1: the check must ask by one that is allowed."""
    house.environment |= {
        "MODE": "production", "DEMO": "0", "SECRET_KEY": "for-this-test-only" * 4,
        "BEHIND_PROXY": "1",
        "ALLOWED_HOSTS": "brygga.example.se", "CSRF_TRUSTED_ORIGINS": "https://brygga.example.se",
    }  # fmt: skip
    port = free_port()
    asked = ("alive", "web", "--port", port)
    assert "does not answer" in house.refused(*asked)
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--preload"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--no-control-socket"]
    web = subprocess.Popen(
        command, cwd=ROOT, env=house.environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    house.started.append(web)

    until(lambda: house.try_to(*asked))

    assert "The web answers" in house.manage(*asked)
