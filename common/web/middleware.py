"""Our refusals become answers; nothing a person does ends in a bare 500."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from common.errors import Refused


class RefusalMiddleware:
    """Turn a refusal that no view has caught into a page that says what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the refusal's page, or None for anything else."""
        if not isinstance(exception, Refused):
            return None
        page = render_to_string("refused.html", {"sentence": str(exception)}, request)
        return HttpResponse(page, status=exception.status)
