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


def has_pip():
    """Whether .venv is whole: one whose making was interrupted has a Python and no pip."""
    python = os.path.join(VENV, "bin", "python")
    if not os.path.exists(python):
        return False
    with open(os.devnull, "w") as nothing:
        return (
            subprocess.call([python, "-m", "pip", "--version"], stdout=nothing, stderr=nothing) == 0
        )


def make_venv():
    if has_pip():
        return
    try:
        import venv

        # What is left of a broken one goes; a link to one elsewhere is not ours to empty.
        venv.create(VENV, with_pip=True, clear=not os.path.islink(VENV))
    except (ImportError, subprocess.CalledProcessError, OSError) as error:
        if isinstance(error, OSError) and not os.access(ROOT, os.W_OK):
            stop(
                "The folder %s cannot be written to. Give yourself the right, or clone elsewhere."
                % ROOT
            )
        stop(
            "This Python cannot make a virtual environment. On Debian and Ubuntu: "
            "sudo apt-get install python3-venv. Then run the command again."
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
    if not os.access(VENV, os.W_OK):
        stop(
            "The folder %s cannot be written to. Give yourself the right, or clone elsewhere."
            % VENV
        )
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
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "base")
    except KeyboardInterrupt:
        stop("Stopped. Run the command again to go on; what is already there is kept.")
