"""Files that people upload: a limit that holds before anything is stored, and a sentence for it."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.template.defaultfilters import filesizeformat

from common.wording import say


class LimitUploadHandler(FileUploadHandler):
    """Drops files of a request that is larger than the limit, byte by byte, keeping none.

    The form then finds no file, and `UploadField` says why.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:  # noqa: N803  Django's own name
        """Note whether the request is too large as a whole."""
        self._is_too_large = content_length > settings.UPLOAD_LIMIT_BYTES + 100_000
        if self._is_too_large and self.request is not None:
            self.request.META["UPLOAD_TOO_LARGE"] = "1"

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Skip the file when the request is too large."""
        super().new_file(*args, **kwargs)
        if self._is_too_large:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass on what came."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


class UploadField(forms.FileField):
    """A file within the limit of `UPLOAD_LIMIT_BYTES`."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the uploaded file; an empty one is let through, its reader says what is wrong."""
        if data and data.size > settings.UPLOAD_LIMIT_BYTES:
            raise too_large()
        return super().clean(data, initial)


def too_large() -> ValidationError:
    """Return the sentence for a file over the limit."""
    limit = filesizeformat(settings.UPLOAD_LIMIT_BYTES)
    return ValidationError(say("common.too_large", {"limit": limit}), code="too_large")
