"""The typed request that views receive."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request behind the log-in: `user` is a person, `htmx` tells how it came."""

    # The person's model lives above the kernel, which therefore cannot name it.
    user: Any
    htmx: HtmxDetails
