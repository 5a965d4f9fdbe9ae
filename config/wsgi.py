"""The WSGI application of the pages."""

import os
import signal
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kring.leash import die_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

signal.signal(signal.SIGTERM, signal.SIG_DFL)  # granian takes it later; until then it would be lost
die_with(os.getppid(), signal.SIGKILL)  # a worker whose server was killed serves nobody any more
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # a page that cannot be imported is found now, not by a parent

# Granian copies the environment into what every request carries; the settings were read by now.
for name in ("SECRET_KEY", "DATABASE_URL", "SMTP_PASSWORD"):
    os.environ.pop(name, None)
