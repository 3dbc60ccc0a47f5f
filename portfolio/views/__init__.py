"""Pages of the roof."""

from portfolio.views.about import about, pulse
from portfolio.views.dashboard import dashboard
from portfolio.views.search import search
from portfolio.views.today import today
from portfolio.views.weeks import weeks

__all__ = ["about", "dashboard", "pulse", "search", "today", "weeks"]
