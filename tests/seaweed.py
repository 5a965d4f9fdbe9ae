"""A real S3 server for the tests (a pytest plugin): SeaweedFS from its wheel, on this machine."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3.session
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pytest_django import Settings

from config.env import ObjectStore
from kring.leash import Leash, bare_environment

WEED = Path(sys.executable).parent / "weed"
BUCKET = "school"
KEY, SECRET = "kring", "not+a/secret"
SECONDS_TO_START = 30
_SERVING = ("master", "volume", "filer", "s3")


class Seaweed:
    """One server on free ports, with one bucket that only our key opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(_ports_wanted(), _free_ports(2 * len(_SERVING)), strict=True))
        self.process: subprocess.Popen[bytes] | None = None
        actions = ["Admin", "Read", "Write", "List"]
        ours = {"name": "kring", "actions": actions}
        ours["credentials"] = [{"accessKey": KEY, "secretKey": SECRET}]  # type: ignore[list-item]
        (folder / "s3.json").write_text(json.dumps({"identities": [ours]}))

    @property
    def address(self) -> str:
        """What stands in KRING_S3."""
        secret = SECRET.replace("/", "%2F").replace("+", "%2B")
        return f"http://{KEY}:{secret}@127.0.0.1:{self.ports['s3.port']}/{BUCKET}/kring"

    @property
    def store(self) -> ObjectStore:
        """What config/env.py makes of it."""
        return ObjectStore(
            endpoint_url=f"http://127.0.0.1:{self.ports['s3.port']}",
            bucket_name=BUCKET,
            location="kring",
            region_name="us-east-1",
            access_key=KEY,
            secret_key=SECRET,
        )

    @cached_property
    def client(self) -> Any:
        """To look into the bucket past our own code."""
        return boto3.session.Session(KEY, SECRET).client(
            "s3",
            endpoint_url=self.store.endpoint_url,
            region_name="us-east-1",
            config=Config(
                signature_version="s3v4",
                retries={"total_max_attempts": 1},
                connect_timeout=1,
                read_timeout=5,
            ),
        )

    def start(self) -> None:
        """Start it, and return when files can be written; what it kept before is still there."""
        options = {
            "dir": self.folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.telemetry": "false",
            "master.electionTimeout": "1s",
            "master.volumeSizeLimitMB": 64,
            "volume.max": 20,
            "s3.config": self.folder / "s3.json",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "iam": "false",
            **self.ports,
        }
        command = [str(WEED), "server", "-s3", *(f"-{key}={it}" for key, it in options.items())]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                Leash().around(command),
                env=bare_environment() | {"HOME": str(self.folder)},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._takes():
            if time.monotonic() > deadline:
                raise TimeoutError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.1)

    def _takes(self) -> bool:
        with suppress(BotoCoreError, ClientError):
            with suppress(ClientError):  # it is there from before
                self.client.create_bucket(Bucket=BUCKET)
            self.client.put_object(Bucket=BUCKET, Key="probe", Body=b"1")
            self.client.delete_object(Bucket=BUCKET, Key="probe")
            return True
        return False

    def names(self) -> list[str]:
        """The names of all that is in the bucket."""
        found = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [each["Key"] for each in found]

    def empty(self) -> None:
        """Delete all that is in the bucket."""
        for name in self.names():
            self.client.delete_object(Bucket=BUCKET, Key=name)

    def pause(self) -> None:
        """Stop it in mid-word: its port still takes connections, and nobody answers."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill -9; afterwards nobody listens."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        for port in self.ports.values():  # it makes sockets there whatever one says
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()

    @property
    def _process(self) -> subprocess.Popen[bytes]:
        assert self.process is not None
        return self.process


def _ports_wanted() -> list[str]:
    return [f"{name}.port{kind}" for name in _SERVING for kind in ("", ".grpc")]


def _free_ports(count: int) -> list[int]:
    """Ports that are free now, each another."""
    with ExitStack() as probes:
        made = [probes.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in made]


@pytest.fixture(scope="session")
def seaweed_server() -> Iterator[Seaweed]:
    """Started once, for the tests that only use it."""
    folder = Path(tempfile.mkdtemp(prefix="ks-"))
    server = Seaweed(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)


@pytest.fixture
def seaweed(seaweed_server: Seaweed, settings: Settings) -> Iterator[Seaweed]:
    """An empty bucket, which is where Django's storage keeps its files."""
    use(seaweed_server, settings)
    yield seaweed_server
    seaweed_server.empty()


def use(server: Seaweed, settings: Settings) -> None:
    """Have Django's storage lead to this bucket."""
    settings.OBJECT_STORE = server.store
    default = {
        "BACKEND": "kring.media.bucket.Bucket",
        "OPTIONS": server.store._asdict(),
    }
    settings.STORAGES = settings.STORAGES | {"default": default}
