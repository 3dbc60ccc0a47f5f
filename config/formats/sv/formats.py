"""As in the other language."""

from config.formats import *  # noqa: F403  Django looks for the names here
