from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import clear_url_caches
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def _demo(settings: Settings, tmp_path: Path) -> None:
    """Kring as the demo runs it, with a mailbox of its own."""
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    settings.ROOT_URLCONF = "kring.demo.tests.urls"
    settings.MAILERS = {"default": {"BACKEND": "kring.demo.mailbox.MaildirBackend"}}
    clear_url_caches()


def send(to: str = "mother@kring.example", subject: str = "Nieuw bericht", html: str = "") -> None:
    """Have Kring send a mail."""
    mail = EmailMultiAlternatives(
        subject, f"Hallo,\n\nhttp://localhost:8000/x/ {subject}\n", to=[to]
    )
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()
