"""The one settings module; everything that differs between machines comes from the environment."""

import os
from hashlib import sha256

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.environment import ROOT, cache, data_folder, database, flag, read, secret_keys
from config.logs import logging

BASE_DIR = ROOT
DEBUG = flag("TIEOUT_DEBUG", default=False)
# A server named by the environment is never a demo unless somebody says so.
DEMO = flag("TIEOUT_DEMO", default="DATABASE_URL" not in os.environ)
_secret = os.environ.get("TIEOUT_SECRET_KEY")
if not _secret and not DEMO:
    raise ImproperlyConfigured("TIEOUT_SECRET_KEY must be set when TIEOUT_DEMO is off.")
SECRET_KEY = _secret or "demo-only-key-that-signs-nothing-of-value-and-is-refused-outside-the-demo"
# The first key seals the event log; the others only verify older seals.
SEAL_KEYS = [key for key in os.environ.get("TIEOUT_SEAL_KEYS", "").split(",") if key] or [
    f"seal {SECRET_KEY}"
]
ALLOWED_HOSTS = os.environ.get("TIEOUT_HOSTS", "localhost,127.0.0.1,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("TIEOUT_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "template_partials",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "django_filters",
    "simple_history",
    "rest_framework",
    "drf_spectacular",
    "lucide",
    "csp",
    "core",
    "contracts",
    "projects",
    "timesheets",
    "billing",
    "integrations",
    "reporting",
    *(["config.demo"] if DEMO else []),
]

MIDDLEWARE = [
    "core.middleware.correlation.CorrelationMiddleware",
    "core.middleware.observing.ObservingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.htmx.FragmentMiddleware",
    "core.middleware.actor.ActorMiddleware",
    "core.middleware.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.templatetags.tieout"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.presentation.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_owner = os.environ.get("TIEOUT_DATABASE_ROLE") == "owner"
DATABASES = {"default": database(read("DATABASE_OWNER_URL" if _owner else "DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
# Probes come from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
METRICS_TOKEN = os.environ.get("TIEOUT_METRICS_TOKEN", "")
SECURE_SSL_REDIRECT = flag("TIEOUT_SSL_REDIRECT", default=False)
if flag("TIEOUT_BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

# Uploaded files, outside of everything a web server hands out by itself; the limit is in bytes.
FILES_FOLDER = os.environ.get("TIEOUT_FILES", data_folder() / "files")
ATTACHMENT_LIMIT = 10 * 2**20
# A completed milestone that nobody signed becomes an exception after so many days.
MILESTONE_UNSIGNED_DAYS = int(os.environ.get("TIEOUT_MILESTONE_UNSIGNED_DAYS", "7"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_DATE_INDEX = False

# A batch of 1,000 rows of time, each with the longest note, written as escapes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.PerClient"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Schema",
    "EXCEPTION_HANDLER": "core.api.problems.problem_response",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Requests per client and minute, by kind of work (`rate` on a view).
API_RATES = {"reading": 1200, "writing": 600, "batch": 60, "reporting": 120}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tieout",
    "DESCRIPTION": "Contract to cash: contracts, work, billing and their reconciliation with the ERP.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices stay where they are used: one name per choice set would have to be kept by hand.
    "POSTPROCESSING_HOOKS": ["core.api.schema.with_problems"],
}

REDIS_URL = read("REDIS_URL", "redis://127.0.0.1:1/0")
CACHES = cache(REDIS_URL)
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away for long is waited for, however long.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A message is a wake-up: the work stands in PostgreSQL and beat wakes it again. So none is acknowledged at
# the broker, which spares the worker the calls that would end it when the broker is away.
CELERY_BROKER_TRANSPORT_OPTIONS = {"ack_emulation": False}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

SANDBOX_ERP_URL = read("SANDBOX_ERP_URL", "http://127.0.0.1:8901")
SANDBOX_ERP_TOKEN = os.environ.get("SANDBOX_ERP_TOKEN", "sandbox-erp-demo-token")
SANDBOX_CRM_URL = read("SANDBOX_CRM_URL", "http://127.0.0.1:9001")
SANDBOX_CRM_TOKEN = os.environ.get("SANDBOX_CRM_TOKEN", "sandbox-crm-demo-token")
# The first key seals secrets of connectors; the others only open what was sealed before.
CREDENTIAL_KEYS = secret_keys("TIEOUT_CREDENTIAL_KEYS") or (
    {"demo": sha256(SECRET_KEY.encode()).digest()} if DEMO else {}
)

LOGGING = logging(
    level=os.environ.get("TIEOUT_LOG_LEVEL", "WARNING"),
    as_json=flag("TIEOUT_LOG_JSON", default=not DEMO),
)
