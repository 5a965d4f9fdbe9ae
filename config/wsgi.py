"""The WSGI application of the pages."""

import os
import signal
from collections.abc import Iterable
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kring.front import LARGEST_REQUEST
from kring.leash import die_with
from kring.media.shortcut import Application, Shortcut

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

signal.signal(signal.SIGTERM, signal.SIG_DFL)  # granian takes it later; until then it would be lost
die_with(os.getppid(), signal.SIGKILL)  # a worker whose server was killed serves nobody any more
pages = Shortcut(cast("Application", get_wsgi_application()))
import_module(settings.ROOT_URLCONF)  # a page that cannot be imported is found now, not by a parent


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer, and take what the page left of a form: the front gives up on who closes before.

    Only of what the front holds whole, and so gives at once: a photo may come slowly.
    """
    answer = pages(environ, start_response)
    if 0 < int(environ.get("CONTENT_LENGTH") or 0) <= LARGEST_REQUEST:
        environ["wsgi.input"].read()
    return answer


# Granian copies the environment into what every request carries; the settings were read by now.
for name in ("SECRET_KEY", "DATABASE_URL", "SMTP_PASSWORD", "KRING_S3"):
    os.environ.pop(name, None)
