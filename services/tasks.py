"""The services app's own task."""

from celery import shared_task

from services.actions import clocks


@shared_task(name="services.refresh_clocks")
def refresh_clocks() -> None:
    """Bring open incidents under opening hours and terms that have been changed since."""
    clocks.refresh_open()
