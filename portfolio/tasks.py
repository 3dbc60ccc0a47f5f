"""The roof's tasks: the schedule calls them, the actions do the work. All may run twice."""

from celery import shared_task

from common import life
from portfolio import actions


@shared_task(name="portfolio.sweep")
def sweep() -> None:
    """Follow what edits have marked, and say that the figures are current as of now."""
    actions.sweep()
    life.beat_once("sweep")


@shared_task(name="portfolio.full")
def full() -> None:
    """Judge everything anew."""
    actions.full()


@shared_task(name="portfolio.day_end")
def day_end() -> None:
    """Write local days that have ended."""
    actions.close_missed_days()


@shared_task(name="portfolio.verify")
def verify() -> None:
    """Compare what stands with a judgement from nothing."""
    actions.verify()
