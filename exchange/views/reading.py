"""Begin an import and read its file for as long as a person waits."""

from collections.abc import Callable

from django.contrib import messages
from django.utils.translation import gettext as _

from common.errors import Refused
from common.web.once import once
from common.web.requests import Request
from exchange.actions import Until, prepare, read_on
from exchange.models import ImportBatch
from exchange.views.pages import import_url

#: so long a person waits for the preview; what takes longer goes on without them
READ_AT_ONCE_SECONDS = 4.0


def read_at_once(request: Request, form_key: str, begin: Callable[[], ImportBatch]) -> str:
    """Begin the import once, read for a moment, and return its address.

    Reading stands outside the form key's transaction, because it may take seconds. A large file
    is left to a worker. A file that is refused is told at the form, where it can be mended.
    """
    begun: list[ImportBatch] = []

    def do() -> str:
        begun.append(begin())
        return import_url(begun[0])

    url = once(request.user, form_key, do)
    for batch in begun:
        try:
            if not prepare(batch, Until(READ_AT_ONCE_SECONDS)):
                read_on(batch, by=request.user)
        except Refused as refusal:
            name = "mapping" if refusal.code.startswith("exchange.mapping") else "file"
            raise Refused(refusal.code, field=name, **refusal.params) from refusal
    messages.success(request, _("The file is read. Nothing is written before you confirm."))
    return url
