"""Settings, all from the environment; a fresh machine needs none of them.

DATA_DIR        folder for the database file, queue, uploads and built files (default var/)
DATABASE_URL    default: SQLite in DATA_DIR; production: postgres://user:password@host/name
BROKER_URL      default: filesystem queue in DATA_DIR; production: redis://host:6379/0
MODE            local (default) or production; production refuses to start without secrets
SECRET_KEY      or SECRET_KEY_FILE; made and kept in DATA_DIR when MODE is local
ALLOWED_HOSTS   comma separated; required in production
EMAIL_URL       smtp://user:password@host:587; default: mail is printed in the terminal
EMAIL_FROM      the sender of those letters (default Brygga <brygga@localhost>)
DEMO            1 allows the demo organisation and its log-ins
"""

import secrets
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
MODE = env.str("MODE", default="local")
if MODE not in {"local", "production"}:
    raise ImproperlyConfigured(f"MODE is '{MODE}'; it must be 'local' or 'production'.")
PRODUCTION = MODE == "production"
DEMO = env.bool("DEMO", default=False)
if PRODUCTION and DEMO:
    raise ImproperlyConfigured("DEMO must not be set in production: its passwords are public.")
#: log-ins of the demo organisation and their roles; the password is public
DEMO_PASSWORD = "demo"  # noqa: S105  it is printed on the log-in page
DEMO_PEOPLE = {
    "pmo": "pmo_lead",
    "smo": "smo_lead",
    "pm": "project_manager",
    "owner": "service_owner",
    "benefit": "process_owner",
    "manager": "improvement_manager",
    "executive": "executive",
    "auditor": "auditor",
    "admin": "app_admin",
}
DEBUG = env.bool("DEBUG", default=False)


def _local_secret() -> str:
    """Return the secret of this data folder, made at first use and readable by its owner only."""
    path = DATA_DIR / "secret_key"
    try:
        if not path.exists():
            DATA_DIR.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(64))
        return path.read_text()
    except OSError as fault:
        raise SystemExit(
            f"The folder {DATA_DIR} cannot be written to. Set DATA_DIR to one that can."
        ) from fault


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. "
            "Set SECRET_KEY or SECRET_KEY_FILE to at least 50 random characters."
        )
    SECRET_KEY = _local_secret()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "config.admin_site.BryggaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, for our form renderer
    "django_htmx",
    "django_filters",
    "allauth",
    "allauth.account",
    "csp",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "common",
    "accounts",
    "projects",
    "services",
    "improvements",
    "portfolio",
    "exchange",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Pads its answers at random, so that their length tells nothing of a secret in them.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "common.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

COTTON_DIR = "ui"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "common.web.shell.shell",
                "accounts.context.demo_people",
            ],
            # Cotton and partials both want to patch the loaders; set by hand they live together.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "common.templatetags.ui",
            ],
        },
    }
]
FORM_RENDERER = "common.web.forms.UIRenderer"

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'brygga.sqlite3'}")
}
_database: dict[str, Any] = DATABASES["default"]
if "sqlite" in _database["ENGINE"]:
    # IMMEDIATE takes the write lock at BEGIN: a read that turns into a write never fails half-way.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA cache_size=-16000;",
    }
    # A file, not memory: browser tests and workers reach it from other threads.
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {})["options"] = (
        f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', default=15_000)}"
        " -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
        # To compile a statement, or to start workers for it, costs more than a page's own takes.
        " -c jit=off -c max_parallel_workers_per_gather=0"
    )
# What a connection is asked again, PostgreSQL keeps planned; see common/prepared.py.
PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that rate limits hold across processes and Redis stays expendable.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.UnlikeThePerson"},
    {"NAME": "accounts.passwords.Uncommon"},
]
CSRF_FAILURE_VIEW = "common.views.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "accounts.adapter.HouseAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.entrance.LogInForm",
    "reauthenticate": "accounts.entrance.AgainForm",
    "reset_password": "accounts.entrance.AskForPasswordForm",
    "reset_password_from_key": "accounts.entrance.PasswordByLetterForm",
    "change_password": "accounts.entrance.ChangePasswordForm",
    "set_password": "accounts.entrance.SetPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "5/m/key,30/m/ip",
    "reset_password": "3/h/key",
}
ACCOUNT_PREVENT_ENUMERATION = True
# No letter goes to an address that nobody here has.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A log-in ends with the session; nobody is asked whether to be remembered.
ACCOUNT_SESSION_REMEMBER = False
# Only for forgotten passwords; without a server of its own the letter goes to the terminal.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Brygga <brygga@localhost>")
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Rate limits count each visitor by the address that the one proxy in front has seen.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
# Whose forms a browser holds, after their log-in has ended too; see common/web/kept.py.
TYPIST_COOKIE_NAME = "typist"
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    TYPIST_COOKIE_NAME = "__Host-typist"
    CSRF_COOKIE_NAME = "__Host-csrf"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska")]
# Named here, our own words win over those that Django and its packages have for the same text.
LOCALE_PATHS = [
    BASE_DIR / app / "locale"
    for app in (
        "common",
        "accounts",
        "portfolio",
        "projects",
        "services",
        "improvements",
        "exchange",
    )
]
TIME_ZONE = "UTC"
USE_TZ = True
# Figures look the same in both languages; common/formats.py writes them, and for Django's own
# pages this module says so.
FORMAT_MODULE_PATH = "config.formats"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# What a person may upload in one file; larger files go through the command line.
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_BYTES", default=25 * 1024 * 1024)
FILE_UPLOAD_HANDLERS = [
    "common.web.uploads.LimitUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

QUEUE_DIR = DATA_DIR / "queue"
CELERY_BROKER_URL = env.str("BROKER_URL", default="filesystem://localhost/")
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 30,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": "structlog.processors.JSONRenderer"
            if PRODUCTION
            else "structlog.dev.ConsoleRenderer",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
