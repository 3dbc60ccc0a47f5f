"""The typed request that views receive."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    # For the checker only: at run time nothing here imports an app above the kernel.
    from django.contrib.auth.models import AbstractUser


class Request(HttpRequest):
    """A request behind the log-in: `user` is a person, `htmx` tells how it came."""

    user: "AbstractUser"  # type: ignore[assignment]  never anonymous behind `signed_in`
    htmx: HtmxDetails
