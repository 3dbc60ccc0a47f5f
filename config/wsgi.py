"""The WSGI door, used by gunicorn."""

import gc
import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils.translation import trans_real

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()


def _load() -> None:
    """Load what requests would otherwise load one by one: addresses, words and templates."""
    _addresses = get_resolver().reverse_dict
    for code, _name in settings.LANGUAGES:
        trans_real.translation(code)
    for folder in map(Path, engines["django"].engine.dirs):  # type: ignore[attr-defined]  # ours
        for path in sorted(folder.rglob("*.html")):
            get_template(path.relative_to(folder).as_posix())


_load()
# What the start has built lives as long as the process: the collector need not walk it again, and
# the workers go on sharing its memory.
gc.collect()
gc.freeze()
