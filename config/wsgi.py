"""The WSGI application of the pages."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from kring.leash import die_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

die_with(os.getppid(), signal.SIGKILL)  # a worker whose server was killed serves nobody any more
application = get_wsgi_application()

# Granian copies the environment into what every request carries; the settings were read by now.
for name in ("SECRET_KEY", "DATABASE_URL", "SMTP_PASSWORD"):
    os.environ.pop(name, None)
