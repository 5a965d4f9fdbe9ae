"""A real IMAP server (Debian's Dovecot) in a folder of its own, over TLS, for as long as a test."""

from __future__ import annotations

import os
import pwd
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from imaplib import IMAP4_SSL
from ipaddress import ip_address
from pathlib import Path
from socket import create_server

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from config.env import Mailbox
from kring.base import clock

__all__ = ["PROGRAM", "Mailbox", "dovecot", "opened"]

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
USER, PASSWORD = "bounces", "geheim"

CONFIG = """
base_dir = {at}/run
state_dir = {at}/state
log_path = {at}/log
protocols = imap
ssl = required
ssl_cert = <{at}/cert.pem
ssl_key = <{at}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{at}/mail
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={at} allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@contextmanager
def dovecot(at: Path) -> Iterator[Mailbox]:
    """A mailbox that is empty; trust ``at / "cert.pem"`` to read it."""
    account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    _certify(at)
    (at / "mail").mkdir()
    config = at / "dovecot.conf"
    names = {"user": account.pw_name, "uid": account.pw_uid, "gid": account.pw_gid}
    group = "nogroup" if account.pw_name == "nobody" else str(account.pw_gid)
    config.write_text(CONFIG.format(at=at, port=port, group=group, password=PASSWORD, **names))
    if os.getuid() == 0:
        shutil.chown(at, account.pw_uid, account.pw_gid)
        shutil.chown(at / "mail", account.pw_uid, account.pw_gid)
    server = subprocess.Popen([str(PROGRAM), "-F", "-c", str(config)])
    try:
        box = Mailbox(host="127.0.0.1", port=port, user=USER, password=PASSWORD, folder="INBOX")
        _wait_for(box, at, server)
        yield box
    finally:
        server.terminate()
        server.wait()


@contextmanager
def opened(box: Mailbox, at: Path) -> Iterator[IMAP4_SSL]:
    """As a mail server that puts mails in, and as a person who looks."""
    context = ssl.create_default_context(cafile=str(at / "cert.pem"))
    client = IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=20)
    try:
        client.login(box.user, box.password)
        yield client
    finally:
        client.logout()


def _wait_for(box: Mailbox, at: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            with opened(box, at):
                return
        except (IMAP4_SSL.abort, OSError):
            assert server.poll() is None, (at / "log").read_text()
            time.sleep(0.05)
    raise AssertionError((at / "log").read_text())


def _certify(at: Path) -> None:
    """A certificate for this machine that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(addresses, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (at / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (at / "key.pem").write_bytes(secret)
