"""One file of settings; what a server may choose comes from the environment (config/env.py)."""

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.csp import CSP

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent

# ── where and who ────────────────────────────────────────────────────────────
DEBUG = False
DEMO = env.flag("KRING_DEMO")
DEMO_SMALL = env.flag("KRING_DEMO_SMALL")  # only the people of the tests
SECRET_KEY = env.text("SECRET_KEY")
ORIGIN = env.origin("KRING_ORIGIN", "http://localhost:8000")
SECURE = ORIGIN.startswith("https://")
ALLOWED_HOSTS = [urlsplit(ORIGIN).hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
DATA_DIR = Path(env.text("KRING_DATA", str(BASE_DIR / "data")))
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "kring.base",
    "kring.events",
    "kring.accounts",
    "kring.schools",
    "kring.audiences",
    "kring.media",
    "kring.notifications",
    "kring.feed",
    "kring.calendar",
    "kring.joining",
    "kring.home",
    "kring.app",
    "kring.importing",
    "kring.office",
    "kring.ops",
    "kring.demo",
    "procrastinate.contrib.django",  # last: its ready() looks for the jobs of all apps
]

MIDDLEWARE = [
    "kring.base.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before CsrfViewMiddleware, which waits for the body: a stranger's is not even read.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "kring.schools.bodies.LargeBodies",  # nor a film of who works nowhere
    "django.middleware.csrf.CsrfViewMiddleware",
    "kring.accounts.middleware.LanguageOfThePerson",
    "kring.accounts.middleware.LastUse",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kring.media.middleware.SaysTrouble",
    "kring.schools.middleware.ViewInBlock",  # last: it calls the view inside the second lock
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "kring/templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.messages.context_processors.messages",
                "kring.base.context.frame",
                "kring.notifications.bell.ringing",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "kring.base.templatetags.ui",
            ],
        },
    }
]

# ── data ─────────────────────────────────────────────────────────────────────
DATABASES: dict[str, Any] = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # so that a pooler may stand in between
DATABASES["default"]["OPTIONS"] |= {
    "pool": {"min_size": 0, "max_size": env.number("KRING_POOL", 8, least=1), "timeout": 10},
    "server_side_binding": True,
    # Statements seen before are not planned anew. A PgBouncer older than 1.21 must do without.
    "prepare_threshold": 2 if env.flag("KRING_PREPARED", default=True) else None,
    "options": "-c lock_timeout=5s -c statement_timeout=30s -c timezone=UTC",
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kring_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # of limits: fewer, and anybody could flush them
    }
}
OBJECT_STORE = env.object_store("KRING_S3")  # a bucket for the files, instead of a folder
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "kring.media.bucket.Bucket",
        "OPTIONS": OBJECT_STORE._asdict(),
    }
    if OBJECT_STORE
    else {
        "BACKEND": "kring.media.storage.Folder",
        "OPTIONS": {
            "location": DATA_DIR / "media",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build/static"
STATICFILES_DIRS = [BASE_DIR / "kring/static", BASE_DIR / "build/packages"]

SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options: frame-ancestors of the CSP says it
    "security.W008",  # the front redirects to HTTPS
    "security.W021",  # nobody is put on browsers' preload lists unasked
]

# ── language and time ────────────────────────────────────────────────────────
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "kring/locale"]
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# ── accounts ─────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["kring.accounts.backend.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["kring.accounts.passwords.Argon2id"]
ACCOUNT_ADAPTER = "kring.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code itself proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the front, which strips what clients claim
MFA_ADAPTER = "kring.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp"]  # codes on paper are our own: paper_codes.py
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # the demo on http://localhost
USERSESSIONS_TRACK_ACTIVITY = False  # one write per request would be the dearest thing on a page

# ── cookies, headers ─────────────────────────────────────────────────────────
SESSION_ENGINE = "kring.accounts.session_store"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE else "language"
TABLET_COOKIE_NAME = "__Host-tablet" if SECURE else "tablet"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kring.base.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-src": [CSP.SELF] if DEMO else [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # of text; files have limits of their own
DATA_UPLOAD_MAX_NUMBER_FILES = 40
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "kring.media.spooling.OnlyAsMuchAsAFilm",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "kring.media.spooling.OnDiskWithoutName",
]

# ── photos ───────────────────────────────────────────────────────────────────
PHOTO_MAX_BYTES = env.number("KRING_PHOTO_MAX_MEGABYTES", 30, least=1) * 1024 * 1024
FILM_MAX_BYTES = env.number("KRING_FILM_MAX_MEGABYTES", 300, least=1) * 1024 * 1024
FILM_MAX_SECONDS = env.number("KRING_FILM_MAX_SECONDS", 180, least=1)
DOCUMENT_MAX_BYTES = env.number("KRING_DOCUMENT_MAX_MEGABYTES", 25, least=1) * 1024 * 1024
MEDIA_QUOTA_BYTES = env.number("KRING_SCHOOL_GIGABYTES", 100, least=1) * 1024**3  # of each school
PHOTO_RENDERERS = env.number("KRING_PHOTO_RENDERERS", 2, least=1)  # photos at a time, per process
CLAMAV = env.daemon("KRING_CLAMAV")  # looks for viruses; none: nothing is scanned
MEDIA_HANDED_OFF = env.flag("KRING_MEDIA_HANDED_OFF")  # the front reads X-Accel-Redirect

# ── mail ─────────────────────────────────────────────────────────────────────
MAILERS = {
    "default": {"BACKEND": "kring.demo.mailbox.MaildirBackend"}
    if DEMO
    else {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.text("SMTP_HOST", "localhost"),
            "port": env.number("SMTP_PORT", 25),
            "username": env.text("SMTP_USER", ""),
            "password": env.text("SMTP_PASSWORD", ""),
            "use_tls": env.flag("SMTP_STARTTLS"),
            "use_ssl": env.flag("SMTP_TLS"),
            "timeout": 20,
        },
    }
}
BOUNCE_ADDRESS = env.address("KRING_BOUNCE_ADDRESS")  # gets +tag for each mail; none: no envelopes
BOUNCE_MAILBOX = env.mailbox("KRING_BOUNCE_IMAP")  # where mail to it arrives; none: never read
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("KRING_MAIL_FROM", "Kring <kring@localhost>")

# ── push messages ────────────────────────────────────────────────────────────
PUSH_SERVICES = env.words("KRING_PUSH_SERVICES")  # beside those of the known browsers
MONITOR_TOKEN = env.text(
    "KRING_MONITOR_TOKEN", ""
)  # what a monitor shows; none: it is told nothing
PUSH_CONTACT = env.text("KRING_PUSH_CONTACT", parseaddr(DEFAULT_FROM_EMAIL)[1])

# ── jobs ─────────────────────────────────────────────────────────────────────
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_READONLY_MODELS = True
WORKER_HEARTBEAT_SECONDS = env.number("KRING_WORKER_HEARTBEAT", 5, least=1)
DELIVERY_BACKOFF = (60, 300, 1800, 7200)  # seconds before a second, third, … try of one delivery
UNDO_SECONDS = env.number("KRING_UNDO_SECONDS", 10)  # in which a post can be taken back

# ── logs ─────────────────────────────────────────────────────────────────────
LOGGING_CONFIG = "kring.base.logging.configure"
LOGGING = {"level": env.text("KRING_LOG_LEVEL", "INFO")}
