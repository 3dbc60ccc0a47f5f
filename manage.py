#!/usr/bin/env python
"""The door to every command: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line  # slow import

        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit("Stopped. Run the command again to go on.")


if __name__ == "__main__":
    main()
