"""The one way the demo says no; its command prints the sentence."""


class DemoRefused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The demo cannot be loaded or unloaded as things stand; the text says why and what to do."""
