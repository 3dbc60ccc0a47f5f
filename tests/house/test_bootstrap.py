"""The first command on a machine that is not ready: a sentence that says what to do."""

import os
import socket
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from common.management.commands.start import checked_port, prepare_folder
from tools import bootstrap

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_python_that_is_too_old_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "LEAST", (99, 0))

    with pytest.raises(SystemExit):
        bootstrap.main("base")

    said = capsys.readouterr().err
    assert "is too old: Brygga needs 99.0 or newer" in said
    assert "make PYTHON=" in said


def test_a_python_without_venv_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / "venv"))
    monkeypatch.setitem(sys.modules, "venv", None)

    with pytest.raises(SystemExit):
        bootstrap.make_venv()

    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_a_virtual_environment_whose_making_was_interrupted_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / "venv"))
    venv.create(tmp_path / "venv")  # without pip, as one whose making was interrupted
    assert not bootstrap.has_pip()

    bootstrap.make_venv()

    assert bootstrap.has_pip()


def test_an_old_python_can_read_the_file_that_tells_it_so() -> None:
    text = (ROOT / "tools" / "bootstrap.py").read_text()

    compile(text, "bootstrap.py", "exec", dont_inherit=True)
    assert 'f"' not in text
    assert "->" not in text


def test_a_taken_port_is_named_with_another_to_try() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:  # as gunicorn would
        port = server.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken.*PORT={port + 1} make run"):
            checked_port(str(port))


@pytest.mark.parametrize("text", ["", "http", "0", "70000", "-1"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="must be a number from 1 to 65535"):
        checked_port(text)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(CommandError, match=r"cannot be written to\. Set DATA_DIR"):
        prepare_folder(tmp_path / "file" / "below")


def test_an_unwritable_data_folder_gives_a_sentence_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SECRET_KEY"}}
    done = subprocess.run(
        [sys.executable, "manage.py", "start", "--port", "8799"],
        cwd=ROOT,
        env={
            **kept,
            "DATA_DIR": str(tmp_path / "file" / "below"),
            "DEMO": "0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode != 0
    assert "cannot be written to" in done.stderr
    assert "Traceback" not in done.stderr
