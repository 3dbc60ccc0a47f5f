"""Run the test suite on the database the environment names, in parallel, and say what was skipped.

Chooses everything before pytest starts: a database picked later would silently be the default.
Usage: python tools/suite.py [pytest arguments]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Return pytest's exit code."""
    environment = dict(os.environ)
    environment.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="brygga-tests-"))
    database = (
        "PostgreSQL" if environment.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    )
    environment["EXPECTED_VENDOR"] = "postgresql" if database == "PostgreSQL" else "sqlite"
    python = sys.executable
    subprocess.check_call([python, "manage.py", "messages", "--compile"], cwd=ROOT, env=environment)
    print(f"Suite on {database}.", flush=True)
    if not (shutil.which("chromium") or os.environ.get("CHROMIUM_PATH")):
        print(
            "Skipped: browser tests (no Chromium; on Debian: apt-get install chromium).", flush=True
        )
    if database == "SQLite":
        print(
            "Skipped: what only PostgreSQL can show (set DATABASE_URL to run it there).", flush=True
        )
    workers = os.environ.get("TEST_WORKERS", "2")
    command = [python, "-m", "pytest", "-n", workers, "--dist", "loadgroup", "-q", *arguments]
    code = subprocess.call(command, cwd=ROOT, env=environment)
    shutil.rmtree(environment["DATA_DIR"], ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
