"""Make `.venv` with the hash-locked requirements, or say in a sentence why that cannot be.

Standard library only, and written so that an old Python can still read it and say so.
Usage: python3 tools/bootstrap.py base|dev
"""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
LEAST = (3, 11)


def stop(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def lock_hash(path):
    with open(path, "rb") as lock:
        return hashlib.sha256(lock.read() + sys.version.encode()).hexdigest()


def is_installed(kind, wanted):
    stamp = os.path.join(VENV, ".installed-" + kind)
    if not os.path.exists(stamp):
        return False
    with open(stamp) as known:
        return known.read() == wanted


def make_venv():
    if os.path.exists(os.path.join(VENV, "bin", "python")):
        return
    try:
        import venv

        venv.create(VENV, with_pip=True)
    except (ImportError, subprocess.CalledProcessError, OSError) as error:
        if isinstance(error, OSError) and not os.access(ROOT, os.W_OK):
            stop(
                "The folder %s cannot be written to. Give yourself the right, or clone elsewhere."
                % ROOT
            )
        stop(
            "This Python cannot make a virtual environment. On Debian and Ubuntu: "
            "sudo apt-get install python3-venv. Then delete .venv and run the command again."
        )


def main(kind):
    if sys.version_info < LEAST:
        stop(
            "Python %d.%d is too old: Brygga needs %d.%d or newer. Install it and run "
            "make PYTHON=/path/to/python3.11 run." % (sys.version_info[:2] + LEAST)
        )
    lock = os.path.join(ROOT, "requirements", kind + ".txt")
    wanted = lock_hash(lock)
    if is_installed(kind, wanted) or (
        kind == "base" and is_installed("dev", lock_hash(lock.replace("base", "dev")))
    ):
        return
    make_venv()
    print("Installing the requirements (once)...")
    python = os.path.join(VENV, "bin", "python")
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        lock,
    ]
    if subprocess.call(command) != 0:
        stop(
            "The requirements could not be installed. Check that this machine reaches a "
            "Python package index, then run the command again; what is already there is kept."
        )
    with open(os.path.join(VENV, ".installed-" + kind), "w") as stamp:
        stamp.write(wanted)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "base")
