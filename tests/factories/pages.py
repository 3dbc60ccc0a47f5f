"""Every address the product answers to, taken from the resolver, with live records filled in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories.world import UPLOAD, Records

#: other people's pages, checked by their own table: Django admin and the log-in
FOREIGN = ("admin:", "account_")


@dataclass(frozen=True, slots=True)
class Page:
    """A named address: its view, and the parameters it takes."""

    name: str
    view: Callable[..., Any]
    parameters: frozenset[str]

    @property
    def is_foreign(self) -> bool:
        """Whether the page is not ours."""
        return self.name.startswith(FOREIGN)

    def url(self, records: Records) -> str:
        """Return the address for these records."""
        values = {"key": _key(self.name, records), "pk": _pk(self.name, records), **OTHERS}
        found = reverse(self.name, kwargs={name: values[name] for name in self.parameters})
        return found + QUERIES.get(self.name, "")


#: values of parameters that name no record
OTHERS = {
    "deed": "approve",
    "kind": "projects",
    "name": "projects",
    "outcome": "new",
    "upload": UPLOAD,
}
#: what a page needs in its query to be anything
QUERIES = {"improvements:move": "?to=shaped"}


def every_page() -> Iterator[Page]:
    """Yield every page of the resolver."""
    yield from _walk(get_resolver(), "")


def _walk(resolver: Any, prefix: str) -> Iterator[Page]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern, inner)
        elif isinstance(pattern, URLPattern):
            name = f"{prefix}{pattern.name or pattern.pattern}"
            yield Page(name, pattern.callback, frozenset(pattern.pattern.converters))


def _key(name: str, records: Records) -> str:
    app, page = name.partition(":")[::2]
    if app == "services" or page == "service_panel":
        return str(records.service.key)
    if app == "projects" or page == "project_panel":
        return str(records.project.key)
    return str(records.improvement.key)


def _pk(name: str, records: Records) -> int:
    app, page = name.partition(":")[::2]
    if app == "exchange" and records.batch:
        return records.batch.pk
    for word in ("milestone", "risk", "issue", "report", "incident", "outage", "agreement"):
        if word in page:
            return int(getattr(records, word).pk)
    if "gap" in page:
        return records.gap.pk
    if "measure" in page:
        return records.measure.pk
    if "calendar" in page:
        return records.entry.pk
    return records.needs.pk if "dependency" in page else 1
