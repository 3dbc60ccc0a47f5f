"""The WSGI door, used by gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# What the start has built lives as long as the process: the collector need not walk it again, and
# the workers go on sharing its memory.
gc.collect()
gc.freeze()
