"""Every check that is not a test, in one run; all are shown, any failure counts."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [
    "config",
    "common",
    "accounts",
    "projects",
    "services",
    "improvements",
    "portfolio",
    "exchange",
    "demo",
]
CHECKS = [
    ("format", ["ruff", "format", "--check", "--quiet", "."]),
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy", *PACKAGES]),
    ("architecture", []),
    ("templates", ["djlint", "templates", "--lint", "--quiet"]),
]
MANAGE = [
    ("migrations", ["makemigrations", "--check", "--dry-run", "-v0"]),
    ("translations", ["messages", "--check"]),
    ("system", ["check", "--fail-level", "WARNING"]),
    ("state diagrams", ["statemachines", "--check"]),
]


def commands() -> list[tuple[str, list[str]]]:
    """Return every check as a name and a command line."""
    python = sys.executable
    listed = []
    for name, parts in CHECKS:
        if name == "architecture":
            listed.append((name, [str(Path(python).parent / "lint-imports"), "--no-cache"]))
        else:
            listed.append((name, [python, "-m", *parts]))
    return listed + [(name, [python, "manage.py", *parts]) for name, parts in MANAGE]


def main() -> int:
    """Run all checks; return 0 only when each passed."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="brygga-check-") as folder:
        environment = {**os.environ, "DATA_DIR": folder}
        for name, command in commands():
            print(f"-- {name}", flush=True)
            if subprocess.call(command, cwd=ROOT, env=environment) != 0:
                failed.append(name)
    print("Failed: " + ", ".join(failed) if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
