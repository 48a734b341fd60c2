"""All settings, from the environment. Unsafe defaults exist in demo mode only; production refuses to start with them.

``.env.example`` lists every variable that is read here, and a test holds the two together.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from caigou.adapters.opensearch_index import address
from caigou.config import env, logs

BASE = Path(__file__).resolve().parent.parent

MODE = env.choice("CAIGOU_MODE", "production", ("demo", "test", "production"))
CAIGOU_DEMO = MODE == "demo"
PRODUCTION = MODE == "production"
HOME = env.folder("CAIGOU_HOME", Path("var"))

DEBUG = False
SECRET_KEY = env.text("CAIGOU_SECRET_KEY", None if PRODUCTION else "demo-" + "x" * 50)
ALLOWED_HOSTS = env.names("CAIGOU_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,testserver")
#: The address under which people and gateways reach this installation.
CAIGOU_BASE_URL = env.text("CAIGOU_BASE_URL", None if PRODUCTION else "http://localhost:8000").rstrip("/")
SECURE = CAIGOU_BASE_URL.startswith("https://")
#: Where browsers find the stream of live updates; through one proxy it is the same address, and pages name no other.
CAIGOU_LIVE_URL = env.text("CAIGOU_LIVE_URL", CAIGOU_BASE_URL).rstrip("/")
#: Pages that follow along at once; one more asks every two seconds instead. Each costs about 24 KB.
CAIGOU_LIVE_STREAMS = env.number("CAIGOU_LIVE_STREAMS", 500, least=1)
#: Where browsers find pictures: another host than the pages', so that no file ever shares their origin.
CAIGOU_PICTURES_URL = env.text("CAIGOU_PICTURES_URL", "").rstrip("/")
CAIGOU_PICTURES_HOST = urlsplit(CAIGOU_PICTURES_URL).netloc
CAIGOU_LIVE_ORIGIN = "" if CAIGOU_LIVE_URL == CAIGOU_BASE_URL else CAIGOU_LIVE_URL

#: The sandbox gateway moves no real money; it must never run where real goods are sold.
CAIGOU_SANDBOX_GATEWAY = env.flag("CAIGOU_SANDBOX_GATEWAY", default=not PRODUCTION)
CAIGOU_SANDBOX_SECRET = env.text("CAIGOU_SANDBOX_SECRET", "" if PRODUCTION else "sandbox-webhook-secret-of-the-demo")

#: Where the books' newest hash is noted once an hour; should lie where whoever runs the database can't write.
CAIGOU_ANCHOR_FOLDER = env.folder("CAIGOU_ANCHOR_FOLDER", HOME) if env.text("CAIGOU_ANCHOR_FOLDER", "") else None

#: A 1688 inside the house that sells nothing: what it answers is made up, so it must never stand beside real goods.
CAIGOU_SANDBOX_OFFERS = env.flag("CAIGOU_SANDBOX_OFFERS", default=not PRODUCTION)

#: Webhooks to programs on this machine, for trying them out. In production they go to the open internet only.
CAIGOU_WEBHOOKS_LOOPBACK = env.flag("CAIGOU_WEBHOOKS_LOOPBACK", default=False)
CAIGOU_WEBHOOKS_SECONDS = env.number("CAIGOU_WEBHOOKS_SECONDS", 15, least=1)

if PRODUCTION:
    for bad, what in (
        (
            len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("demo-"),
            "CAIGOU_SECRET_KEY must have at least 50 random characters.",
        ),
        (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS, "CAIGOU_HOSTS must name the hosts, and never *."),
        (not SECURE, "CAIGOU_BASE_URL must start with https://."),
        (not CAIGOU_LIVE_URL.startswith("https://"), "CAIGOU_LIVE_URL must start with https://."),
        (
            bool(CAIGOU_PICTURES_URL)
            and (
                not CAIGOU_PICTURES_URL.startswith("https://")
                or urlsplit(CAIGOU_BASE_URL).netloc == CAIGOU_PICTURES_HOST
            ),
            "CAIGOU_PICTURES_URL must start with https:// and name another host than CAIGOU_BASE_URL.",
        ),
        (CAIGOU_SANDBOX_GATEWAY, "CAIGOU_SANDBOX_GATEWAY must be no: the sandbox gateway takes no real money."),
        (CAIGOU_WEBHOOKS_LOOPBACK, "CAIGOU_WEBHOOKS_LOOPBACK must be no: strangers would be sent inside this machine."),
        (CAIGOU_SANDBOX_OFFERS, "CAIGOU_SANDBOX_OFFERS must be no: its offers are made up."),
    ):
        if bad:
            raise ImproperlyConfigured(f"Not safe for production: {what}")
if CAIGOU_PICTURES_HOST:
    ALLOWED_HOSTS.append(urlsplit(CAIGOU_PICTURES_URL).hostname or "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "caigou.ui",  # before allauth: its pages wear our templates
    "allauth",
    "allauth.account",
    "django_htmx",
    "caigou.jobs",
    "caigou.files",
    "caigou.house",
    "caigou.notices",
    "caigou.accounts",
    "caigou.ledger",
    "caigou.payments",
    "caigou.catalogue",
    "caigou.search",
    "caigou.wallets",
    "caigou.negotiation",
    "caigou.orders",
    "caigou.statements",
    "caigou.integrations",
    "caigou.demo",
    "caigou.web",
    "caigou.api",
    "caigou.console",
    "caigou.live",
    "caigou.cli",
    "caigou.adapters.sandbox_gateway",
    "caigou.config",
]

MIDDLEWARE = [
    "caigou.config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "caigou.config.middleware.SecurityHeaders",
    "caigou.config.overload.InTime",
    "caigou.api.middleware.OneShape",
    "caigou.files.middleware.Pictures",
    "caigou.config.middleware.Readable",
    # Pages are a quarter as large on the wire; form tokens are masked anew in each answer, so length tells nothing.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "caigou.accounts.middleware.CurrentActor",
    "caigou.config.middleware.Language",
    "caigou.config.middleware.TimeZone",
    "caigou.ui.reader.ReaderTerms",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "caigou.accounts.middleware.DeclaredAccess",
]

ROOT_URLCONF = "caigou.config.urls"
WSGI_APPLICATION = "caigou.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "caigou.web.counts.nav_counts",
                "caigou.ui.context.page",
            ],
        },
    },
]

# --- Database: the application's role everywhere; the owner's only to migrate -------------------------------------
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
#: For what kernel/prepared.py asks; all other statements are bound on our side and never prepared.
DATABASES["default"]["OPTIONS"] = {"prepare_threshold": 3, **DATABASES["default"]["OPTIONS"]}  # type: ignore[dict-item]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "caigou.accounts.allauth.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {
    "signup": "caigou.accounts.signup.OpenAccountForm",
    "confirm_login_code": "caigou.accounts.guesses.SignInCodeForm",
    "confirm_password_reset_code": "caigou.accounts.guesses.ResetCodeForm",
    "confirm_email_verification_code": "caigou.accounts.guesses.EmailCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SIGNUP_FORM_CLASS = "caigou.accounts.forms.SignupForm"
ACCOUNT_LOGOUT_ON_GET = False
#: Who changes the address gives the password once more, and the address before hears of it (promise 11).
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=15).total_seconds())
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:start"
ACCOUNT_LOGOUT_REDIRECT_URL = "web:home"
#: allauth counts tries here: shared by all processes, so that a limit is a limit.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        "TIMEOUT": 3600,
    }
}

# --- Sessions and headers -----------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = env.flag("CAIGOU_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
#: Whose tries are counted at sign-in: behind a proxy all would share its address, and one could lock out everybody.
#: Only the last address that the proxy adds is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
CSRF_TRUSTED_ORIGINS = [CAIGOU_BASE_URL] if SECURE else []
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
#: The largest honest form is that of a product's variants: 300 of them, each with nine fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000
CSRF_FAILURE_VIEW = "caigou.web.errors.csrf_failure"

# --- Language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"
MEDIA_ROOT = HOME / "files"
#: Where operators' catalogue files wait for the worker. Never served.
CAIGOU_UPLOADS = HOME / "uploads"
CAIGOU_UPLOAD_MAX_MB = env.number("CAIGOU_UPLOAD_MAX_MB", 64, least=1)
CAIGOU_INDEX = env.folder("CAIGOU_INDEX", HOME / "index")
#: An OpenSearch that holds the index instead of that folder; ``SEARCH_ADDRESS`` tells where, without what is secret.
SEARCH_URL = env.text("SEARCH_URL", "")
SEARCH_ADDRESS = address.read(SEARCH_URL) if SEARCH_URL else None

# --- Mail: in demo and test mode a table that the demo's outbox page shows ----------------------------------------
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "caigou.notices.backends.TableEmailBackend"
)
EMAIL_HOST = env.text("CAIGOU_SMTP_HOST", "" if not PRODUCTION else "localhost")
EMAIL_PORT = env.number("CAIGOU_SMTP_PORT", 587, least=1)
EMAIL_HOST_USER = env.text("CAIGOU_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("CAIGOU_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("CAIGOU_SMTP_TLS", default=PRODUCTION)
DEFAULT_FROM_EMAIL = env.text("CAIGOU_MAIL_FROM", "Caigou <no-reply@caigou.example>")

# --- Exchange rates for estimates ---------------------------------------------------------------------------------
#: The European Central Bank's XML of ninety days; empty fetches nothing, and the installed history is all there is.
_ECB = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml"
CAIGOU_RATES_URL = os.environ.get("CAIGOU_RATES_URL", _ECB if PRODUCTION else "").strip()

# --- Offers of other platforms beside our goods (docs/offers.md): without an app key 1688 isn't asked ----------------
CAIGOU_1688_URL = env.text("CAIGOU_1688_URL", "https://gw.open.1688.com/openapi").rstrip("/")
CAIGOU_1688_APP_KEY = env.text("CAIGOU_1688_APP_KEY", "")
CAIGOU_1688_SECRET = env.text("CAIGOU_1688_SECRET", "")
CAIGOU_1688_TOKEN = env.text("CAIGOU_1688_TOKEN", "")
CAIGOU_OFFERS_MS = env.number("CAIGOU_OFFERS_MS", 800, least=50)
if CAIGOU_1688_APP_KEY and not (CAIGOU_1688_SECRET and CAIGOU_1688_TOKEN):
    raise ImproperlyConfigured("CAIGOU_1688_APP_KEY needs CAIGOU_1688_SECRET and CAIGOU_1688_TOKEN beside it.")
if PRODUCTION and not CAIGOU_1688_URL.startswith("https://"):
    raise ImproperlyConfigured("CAIGOU_1688_URL must start with https://: what is asked carries the token.")

# --- Who hears, who answers, who calls, what ticks: tables in config ----------------------------------------------
CAIGOU_HEARS = "caigou.config.events.HEARS"
CAIGOU_BUSINESS = "caigou.config.business.SETTINGS"
CAIGOU_CALLS = "caigou.config.calls.CALLS"
CAIGOU_CLOCKS = "caigou.config.clocks.CLOCKS"
CAIGOU_GATEWAYS = "caigou.config.gateways.GATEWAYS"
CAIGOU_OFFER_SOURCES = "caigou.config.offers.OFFER_SOURCES"
CAIGOU_RATE_PUBLISHER = "caigou.adapters.ecb.publisher.EuropeanCentralBank"
CAIGOU_SEARCH_INDEX = (
    "caigou.adapters.opensearch_index.index.OpenSearchIndex"
    if SEARCH_URL
    else "caigou.adapters.tantivy_index.index.TantivyIndex"
)
#: What makes vectors of titles and queries, where goods are also found by what they mean; empty: nothing does.
CAIGOU_SEARCH_ENCODER = (
    "caigou.adapters.sentence_encoder.encoder.SentenceEncoder"
    if env.flag("CAIGOU_SEARCH_MEANING", default=False)
    else ""
)
CAIGOU_FOREIGN_ROUTES = "caigou.config.routes.FOREIGN_ROUTES"
CAIGOU_LIVE_SERVER = "caigou.live.server.serve"

#: Who brings it may read the figures at /metrics; empty: nobody may.
CAIGOU_METRICS_TOKEN = env.text("CAIGOU_METRICS_TOKEN", "")

LOGGING = logs.logging_config(env.choice("CAIGOU_LOG", "json" if PRODUCTION else "console", ("json", "console")))
LOG_LEVEL = env.choice("CAIGOU_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
logs.configure(LOG_LEVEL)
