"""What all places share. Every value that differs between places is read from the environment.

`.env.example` lists the variables; a `.env` beside `manage.py` is read when it exists.
"""

from pathlib import Path

import environ
from bootstrap_wrapper import get_bootstrap_dir
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "apps.common",
    "apps.products",
    "apps.users",
    "apps.monitoring",
    "apps.cart",
    "ops_portal",
    "freesport",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "freesport.patience.LockedAnswer",
]

ROOT_URLCONF = "freesport.urls"
WSGI_APPLICATION = "freesport.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Engines (design: PostgreSQL only; Redis carries messages and cache, nothing of worth) ---

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql://127.0.0.1:5432/freesport")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
REDIS_KEY_PREFIX = env("REDIS_KEY_PREFIX", default="freesport")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_KEY_PREFIX,
        # A page must not hang on a silent cache; readers of the cache treat an error as a miss.
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0},
    },
}

# --- Celery: few, long, unique jobs. The message is a doorbell, the session's row is the truth ---

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Publishing to a refused or silent broker must answer in about a second, not in a minute.
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1.0,
    "max_retries": 0,
    "global_keyprefix": f"{REDIS_KEY_PREFIX}:",
}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "imports"
# No result backend: with one, a publish hangs for many seconds when the broker is down.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
# Acknowledged on arrival: a second delivery of a long import would be harmless but useless.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
# A short loss of the broker must not kill a healthy import.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"

# --- People ---

AUTH_USER_MODEL = "users.User"
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Language and time: English in the source, Russian for the staff ---

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Europe/Moscow")

# --- Files ---

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")
STATICFILES_DIRS = [("bootstrap", get_bootstrap_dir())]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Imports from 1C ---

# Where the scripts put what they copy from the 1C server; the portal offers nothing outside it.
ONEC_DATA_DIR = Path(env("ONEC_DATA_DIR", default=str(BASE_DIR / ".data" / "import_1c")))
# Share of the visible catalogue that one import may hide before it stops and asks.
ONEC_MAX_HIDE_SHARE = env.float("ONEC_MAX_HIDE_SHARE", default=0.2)
# Seconds that an import waits for a database that has gone away, before it fails.
ONEC_RECONNECT_SECONDS = env.int("ONEC_RECONNECT_SECONDS", default=60)
# Seconds between two looks of a worker for imports whose process died.
ONEC_RECOVERY_INTERVAL = env.float("ONEC_RECOVERY_INTERVAL", default=3.0)
# Names of those properties in 1C that name a product's brand, in any letter case; of several that a
# product has the first one counts.
ONEC_BRAND_PROPERTIES = env.list(
    "ONEC_BRAND_PROPERTIES",
    default=["Бренд", "Торговая марка", "Производитель (бренд)", "Brand", "Марка"],
)
# Where database backups are kept; file mode 0600.
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(BASE_DIR / "backups")))
# One line switches the portal off; everything else goes on working.
OPS_PORTAL_ENABLED = env.bool("OPS_PORTAL_ENABLED", default=True)

# --- Monitoring: hours after which the dashboard warns; 0 never does ---

MONITORING_IMPORT_MAX_AGE_HOURS = {
    "catalog": env.int("MONITORING_CATALOG_MAX_AGE_HOURS", default=48),
    "customers": env.int("MONITORING_CUSTOMERS_MAX_AGE_HOURS", default=168),
}
MONITORING_DATA_MAX_AGE_HOURS = env.int("MONITORING_DATA_MAX_AGE_HOURS", default=168)
MONITORING_BACKUP_MAX_AGE_HOURS = env.int("MONITORING_BACKUP_MAX_AGE_HOURS", default=168)

# --- Cart ---

# Days after which a cart without an owner's visit counts as abandoned.
CART_ABANDONED_AFTER_DAYS = env.int("CART_ABANDONED_AFTER_DAYS", default=30)

# --- Front end ---

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "ops/_table.html"

# Strict everywhere: no inline script or style, no eval. `data:` images are Bootstrap's icons.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
