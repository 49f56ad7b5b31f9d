"""Settings, read from the environment.

Without ``DATABASE_URL`` emdesk is a desk on one machine: embedded servers, a key of its own,
plain HTTP on loopback. With it, emdesk is in production and asks for everything that needs.
"""

import secrets
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from emdesk import embedded, environment
from emdesk.people.login_settings import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(environment.text("EMDESK_VAR", str(BASE_DIR / "var"))).resolve()
PRODUCTION = bool(environment.text("DATABASE_URL", ""))


def own_secret_key() -> str:
    """The key of a desk on one machine, made once and kept beside its data."""
    path = VAR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = environment.text("SECRET_KEY", "")
if PRODUCTION and not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. Production needs one: 50 random characters.")
SECRET_KEY = SECRET_KEY or own_secret_key()

DEBUG = environment.flag("DEBUG", default=False)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1"])
if DEBUG and set(ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]"}:
    raise ImproperlyConfigured("DEBUG is on and ALLOWED_HOSTS names a public host. Set DEBUG=no.")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.admin",
    "django.forms",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "emdesk.ledger",
    "emdesk.configuration",
    "emdesk.calendars",
    "emdesk.people",
    "emdesk.activity",
    "emdesk.files",
    "emdesk.sla",
    "emdesk.approvals",
    "emdesk.notifications",
    "emdesk.desk",
    "scoping",
    "sow",
    "forecasting",
]

MIDDLEWARE = [
    "emdesk.middleware.security_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "emdesk.people.middleware.SignInRequired",
    "emdesk.people.middleware.second_factor",
    "emdesk.people.middleware.session_limits",
    "emdesk.middleware.local_time",
]

ROOT_URLCONF = "emdesk.urls"
WSGI_APPLICATION = "emdesk.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "emdesk.web.shell",
            ],
            "builtins": ["emdesk.icons", "emdesk.styles"],
        },
    }
]
FORM_RENDERER = "emdesk.web.FormRenderer"

DATABASES = {"default": environment.database(embedded.database_url())}
REDIS_URL = embedded.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "emdesk.web.StaticStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
EMDESK_FILES = Path(environment.text("EMDESK_FILES", str(VAR / "files")))

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
FILE_UPLOAD_HANDLERS = [
    "emdesk.files.limits.UpToCeiling",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 7_000  # an estimate of 500 lines, sent whole without script

MFA_REQUIRED = environment.flag("EMDESK_MFA_REQUIRED", default=PRODUCTION)
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("EMDESK_TRUSTED_PROXIES", 0)

DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "emdesk@localhost")
EMAIL_HOST = environment.text("EMAIL_HOST", "")
EMAIL_PORT = environment.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "emdesk.notifications.mailbox.Backend"
)

SITE_URL = environment.text(
    "EMDESK_URL",
    f"https://{ALLOWED_HOSTS[0]}"
    if PRODUCTION and ALLOWED_HOSTS
    else f"http://127.0.0.1:{environment.number('EMDESK_PORT', 8000)}",
).rstrip("/")
GITLAB_TOKEN = environment.text("EMDESK_GITLAB_TOKEN", "")
SIGNATURE_SECRETS = {
    "docusign": environment.text("EMDESK_DOCUSIGN_KEY", ""),
    "documenso": environment.text("EMDESK_DOCUMENSO_SECRET", ""),
    "docuseal": environment.text("EMDESK_DOCUSEAL_SECRET", ""),
}
BOARD_PAGE = environment.number("EMDESK_BOARD_PAGE", 25)
EMDESK_SEAL = Path(environment.text("EMDESK_SEAL", str(VAR / "seal.p12")))
EMDESK_SEAL_PASSWORD = environment.text("EMDESK_SEAL_PASSWORD", "")
LEDGER_HEADS = Path(environment.text("EMDESK_LEDGER_HEADS", str(VAR / "ledger-heads.jsonl")))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "emdesk.logs.WithoutSecrets"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["without_secrets"],
            "formatter": "json" if PRODUCTION else "line",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
