"""Settings of the test suite: the database is chosen by DATABASE_URL before pytest starts."""

import os
import tempfile
from pathlib import Path

# A folder of its own, so that tests never meet a running site's queue or database.
os.environ.setdefault("DATA_DIR", str(Path(tempfile.gettempdir()) / f"brygga-tests-{os.getuid()}"))
os.environ["MODE"] = "local"
os.environ["DEMO"] = "1"

from config.settings import *  # noqa: F403  the environment must be set before

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""  # noqa: F405
ACCOUNT_RATE_LIMITS = {}

# WhiteNoise warns of a folder that is not there, and warnings are errors.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
