"""Settings. Everything an operator changes comes from the environment (docs/operating.md)."""

import sys
from pathlib import Path

import environ
from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from cxportal.launch.environment import VAR, secret_key, service_urls

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

TESTING = "pytest" in sys.modules
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret_key()
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
# True where `make run` serves a portal to try: mails become files, plain HTTP is accepted.
TRYOUT = env.bool("TRYOUT", default=not env.bool("PRODUCTION", default=False))

DATABASE_URL, REDIS_URL = service_urls(testing=TESTING)
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"] |= {
    "ATOMIC_REQUESTS": False,
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "TEST": {"NAME": "test_cx_" + env("TEST_DB_SUFFIX", default="main")},
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cx-test" if TESTING else "cx",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "rules",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "anymail",
    "cxportal.core",
    "surveys",
    "journeys",
    "loyalty",
    "cxportal.home",
    "cxportal.api",
]

MIDDLEWARE = [
    "cxportal.core.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cxportal.core.middleware.PublicFastLane",
    # Staff pages only: respondents' pages are small already, and CSRF tokens are masked anew in
    # each page, so that compression tells nothing about them.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cxportal.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cxportal.core.middleware.ProgramMiddleware",
    "axes.middleware.AxesMiddleware",
]

# Respondents' pages and the API, served before session, sign-in and CSRF (see PublicFastLane).
PUBLIC_PAGES = {
    "/api/v1/": "cxportal.api.lane.api_request",
    "/calendar/": "journeys.views.board_public.calendar_public",
    "/capture/": "journeys.views.board_public.capture_public",
    "/my/": "cxportal.core.views.privacy_page.privacy_page",
    "/s/": "surveys.views.public.respond",
    "/share/": "cxportal.core.views.shared_page.shared_page",
    "/e/": "surveys.views.embedding.embedding",
    "/u/": "surveys.views.unsubscribe.unsubscribe",
}

ROOT_URLCONF = "cxportal.urls"
WSGI_APPLICATION = "cxportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cxportal.core.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "cxportal.core.templatetags.portal"],
        },
    }
]

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "cxportal.core.auth.ActiveUserBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _VALIDATION + "UserAttributeSimilarityValidator"},
    {"NAME": _VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": _VALIDATION + "CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "cxportal.core.auth.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "cxportal.core.auth.SocialAccountAdapter"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": env.json("OIDC_APPS", default=[])}}
# What a group of the provider gives: {"cx-managers": "hanbit:manager"}.
OIDC_ROLES: dict[str, str] = env.json("OIDC_ROLES", default={})
OIDC_GROUPS_CLAIM = env("OIDC_GROUPS_CLAIM", default="groups")
# The provider has checked who it is; no form of ours stands between.
SOCIALACCOUNT_AUTO_SIGNUP = True
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "cxportal.core.auth.login_name"
AXES_CLIENT_IP_CALLABLE = "cxportal.core.auth.client_address"
AXES_VERBOSE = False
# The lock of a person's sign-in is axes' (with our page); these stop floods from one address.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip", "login": "120/m/ip"}
AXES_LOCKOUT_TEMPLATE = "errors/429.html"
AXES_ENABLE_ADMIN = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [
    BASE_DIR / "locale" / room for room in ("cxportal", "loyalty", "journeys", "surveys", "core")
]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "cxportal.launch.assets.NodeModulesFinder",
]
MEDIA_ROOT = env("MEDIA_ROOT", default=str(VAR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = TESTING or DEBUG

# Widgets of ours have their templates beside the others (components/i18n_text_widget.html).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Mail: a folder one can read in the browser, until a server is named.
OUTBOX_DIR = Path(env("OUTBOX_DIR", default=str(VAR / ("test/outbox" if TESTING else "outbox"))))
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = env(
    "EMAIL_BACKEND",
    default=EMAIL_CONFIG["EMAIL_BACKEND"]
    if "EMAIL_URL" in env.ENVIRON
    else "cxportal.core.mail.OutboxFolderBackend",
)
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"] or "localhost"
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"] or 25
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
# Seconds a mail server may take for one answer; a claimed message is held six times as long.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
# How many workers send campaigns at the same time, over all machines.
MAIL_SENDERS = env.int("MAIL_SENDERS", default=1)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="CX Portal <portal@localhost>")
ANYMAIL = env.json("ANYMAIL", default={})
# Mailbox of delivery reports: imaps://user:password@host/INBOX; none: not read.
BOUNCE_IMAP_URL = env("BOUNCE_IMAP_URL", default="")
# Text messages: "folder" writes them beside the mails of a portal to try, "solapi" sends them.
SMS_PROVIDER = env("SMS_PROVIDER", default="folder")
SMS_SENDER = env("SMS_SENDER", default="")
SOLAPI_API_KEY = env("SOLAPI_API_KEY", default="")
SOLAPI_API_SECRET = env("SOLAPI_API_SECRET", default="")
SOLAPI_URL = env("SOLAPI_URL", default="https://api.solapi.com")

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("CELERY_VISIBILITY_TIMEOUT", default=300)
}
CELERY_TASK_DEFAULT_QUEUE = "cx-test" if TESTING else "cx"
CELERY_TASK_ALWAYS_EAGER = TESTING
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Ticks wake the sweepers; each works on due rows, so a lost or doubled tick changes nothing.
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": schedule(seconds), "options": {"expires": max(seconds, 5)}}
    for name, task, seconds in (
        ("worker-heartbeat", "cxportal.core.tasks.heartbeat", 10),
        ("outbox-drain", "cxportal.core.tasks.outbox_drain", 1),
        ("jobs-sweep", "cxportal.core.tasks.jobs_sweep", 2),
        ("takeovers", "cxportal.home.tasks.takeovers_sweep", 2),
        ("reports-mail", "cxportal.core.tasks.reports_mail", 20),
        ("webhooks-deliver", "cxportal.core.tasks.webhooks_deliver", 5),
        ("campaigns-sweep", "surveys.tasks.campaigns_sweep", 2),
        ("campaigns-tend", "surveys.tasks.campaigns_tend", 60),
        ("consent-notices", "surveys.tasks.consent_notices_tend", 300),
        ("comments-read", "surveys.tasks.comments_read", 5),
        ("cases-sweep", "journeys.tasks.cases_sweep", 60),
        ("plain-mails", "journeys.tasks.plain_mails_send", 10),
        ("action-templates", "journeys.tasks.action_templates_run", 3_600),
        ("automations-daily", "journeys.tasks.automations_daily", 1_800),
        ("anonymous-blur", "surveys.tasks.anonymous_blur", 600),
        ("respondent-figures", "surveys.tasks.respondent_figures", 30),
        ("bounces-fetch", "surveys.tasks.bounces_fetch", 300),
        ("figures-count", "surveys.tasks.figures_count", 1_800),
        ("scores-check", "surveys.tasks.scores_check", 86_400),
        ("segments", "cxportal.core.tasks.segments_sweep", 900),
        ("points", "loyalty.tasks.points_sweep", 86_400),
        ("values", "loyalty.tasks.values_sweep", 3_600),
        ("retention", "cxportal.core.tasks.retention_sweep", 86_400),
        ("scorecards", "loyalty.tasks.scorecards_sweep", 21_600),
        ("digests", "cxportal.home.tasks.digests_send", 600),
    )
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["cxportal.core.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["cxportal.core.api.permissions.DeclaredPermission"],
    "DEFAULT_RENDERER_CLASSES": ["cxportal.core.api.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cxportal.core.api.rendering.OrjsonParser"],
    "DEFAULT_PAGINATION_CLASS": "cxportal.core.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cxportal.core.api.errors.problem_handler",
    "DEFAULT_THROTTLE_CLASSES": ["cxportal.core.api.throttling.KeyThrottle"],
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# False reads comments by word rules even where a language model is installed. Tests name it.
TEXT_ENCODER = env.bool("TEXT_ENCODER", default=not TESTING)
# Whether the first person of an empty portal makes an account by themselves, and owners begin
# further programs; elsewhere an operator does (`manage.py program create`).
SETUP_OPEN = env.bool("SETUP_OPEN", default=TRYOUT)
API_RATE_PER_MINUTE = env.int("API_RATE_PER_MINUTE", default=3000)
SPECTACULAR_SETTINGS = {
    "TITLE": "CX portal API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["cxportal.core.api.schema.problems_and_headers"],
    "DEFAULT_QUERY_MANAGER": "unscoped",
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if not TRYOUT:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
# Proxies in front of the portal whose X-Forwarded-For is believed; 0 = none.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
# Addresses of our own network ("10.0.0.7:8443") to which webhooks may go all the same.
OUTBOUND_ALLOWED: list[str] = env.list("OUTBOUND_ALLOWED", default=[])
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {"django.request": {"level": "ERROR"}},
}
