"""One pager for every list."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where in a list a page stands. Numbers past the end give the last page."""

    number: int
    size: int
    count: int
    urls: tuple[str | None, str | None] = (None, None)

    @property
    def last(self) -> int:
        """The last page's number, 1 for an empty list."""
        return last_page(self.count, self.size)

    @property
    def start(self) -> int:
        """Index of the page's first row."""
        return (self.number - 1) * self.size

    @property
    def text(self) -> str:
        """Which rows of how many, in words."""
        if not self.count:
            return _("no rows")
        return _("%(first)s–%(last)s of %(count)s") % {
            "first": self.start + 1,
            "last": min(self.start + self.size, self.count),
            "count": self.count,
        }

    @property
    def prev_url(self) -> str | None:
        """Address of the page before, if any."""
        return self.urls[0]

    @property
    def next_url(self) -> str | None:
        """Address of the page after, if any."""
        return self.urls[1]


#: nobody turns further; more would overflow a database's number
_FURTHEST = 10**9


def asked_page(text: str | None) -> int:
    """Return the page that is asked for, from 1 on; nonsense asks for the first."""
    try:
        return min(max(1, int(text or 1)), _FURTHEST)
    except ValueError:
        return 1


def last_page(count: int, size: int) -> int:
    """Return the number of the last page, 1 for an empty list."""
    return max(1, -(-count // size))


def page_number(text: str | None, count: int, size: int) -> int:
    """Return the asked page as a number that exists; nonsense gives the first."""
    return min(asked_page(text), last_page(count, size))
