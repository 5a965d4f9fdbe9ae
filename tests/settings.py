"""The settings of the tests, and of the tools that must know the settings (mypy)."""

import os

# Playwright keeps a loop in the thread of the tests, and Django would take them for coroutines.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
os.environ.setdefault("SECRET_KEY", "of the tests")
os.environ.setdefault("DATABASE_URL", "postgresql://kring@/kring")  # see tests/database.py

from config.settings import *  # noqa: F403
from config.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"].pop("pool")  # each test looks at one connection
