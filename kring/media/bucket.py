"""Files in a bucket of an S3-compatible server, where the setting KRING_S3 names one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from threading import Lock
from typing import IO, Any

import boto3.session
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

from kring.media.storage import NoRoomError, StorageAwayError

SECONDS_TO_CONNECT = 3
SECONDS_TO_ANSWER = 10
SECONDS_BETWEEN_TRIES = 3  # while the server is away
LARGEST_IN_MEMORY = 1024 * 1024  # bytes of a file that is read; larger ones go over a disk
_FULL = {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"}
_TAKEN = {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED}


class Bucket(S3Storage):  # type: ignore[misc]  # the package has no types
    """A private bucket, seen by this server only: browsers never meet it.

    Every trouble with the server is a StorageAwayError, and while it is away one caller at a time
    finds out whether it is back: the others hear so at once, and no page waits for a thread.
    """

    def __init__(self, **options: Any) -> None:
        how = Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=SECONDS_TO_CONNECT,
            read_timeout=SECONDS_TO_ANSWER,
            # Who sent the file tries again; a thread that tries keeps pages waiting.
            retries={"total_max_attempts": 1},
            max_pool_connections=16,
            # Servers other than Amazon's own do not know the newer ones.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        ours = {
            "client_config": how,
            "transfer_config": TransferConfig(use_threads=False, num_download_attempts=1),
            "max_memory_size": LARGEST_IN_MEMORY,
            "querystring_auth": False,
            "file_overwrite": True,  # never: see _save, which needs no question before
        }
        super().__init__(**ours | options)
        self._trying = Lock()
        self._away_since = 0.0
        self._only_new = {"IfNoneMatch": "*"}

    @cached_property
    def connection(self) -> Any:
        """One for all threads: what is used of it is made for that."""
        session = boto3.session.Session(self.access_key, self.secret_key)
        return session.resource(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            config=self.client_config,
        )

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        with self._asking(name):
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Delete it; that it is not there is fine."""
        with self._asking(name):
            super().delete(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files of one folder: all of their names at a time, so keep folders small."""
        with self._asking(path):
            folders, files = super().listdir(path)
        return folders, files

    def size(self, name: str) -> int:
        """How many bytes it has."""
        with self._asking(name):
            return int(super().size(name))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with self._asking(name):
            file = super()._open(name, mode)
            file.open()  # fetches it, so that no trouble comes later
        return file

    def _save(self, name: str, content: IO[bytes]) -> str:
        """In one request, which writes all of the file or nothing, and over no other."""
        key = {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}
        with self._asking(name):
            try:
                self._put(content, **key, **self._only_new)
            except ClientError as error:
                if _status_of(error) != HTTPStatus.NOT_IMPLEMENTED:
                    raise
                self._only_new = {}  # a server that knows no conditions; names are new anyway
                self._put(content, **key)
        return name

    def _put(self, content: IO[bytes], **told: str) -> None:
        content.seek(0)
        put = self.connection.meta.client.put_object
        put(Body=content, ContentType=self.default_content_type, **told)

    @contextmanager
    def _asking(self, name: str) -> Iterator[None]:
        """Ask the server for something, in the words of files."""
        if not self._away_since:
            with self._in_words(name):
                yield
            return
        early = time.monotonic() - self._away_since < SECONDS_BETWEEN_TRIES
        if early or not self._trying.acquire(blocking=False):
            raise StorageAwayError(name)
        try:
            with self._in_words(name):
                yield
        finally:
            self._trying.release()

    @contextmanager
    def _in_words(self, name: str) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, RetriesExceededError) as error:
            self._away_since = time.monotonic()
            raise StorageAwayError(name) from error
        except ClientError as error:
            self._away_since = 0.0  # an answer all the same
            raise _meaning(error, name) from error
        self._away_since = 0.0


def _meaning(error: ClientError, name: str) -> OSError:
    status = _status_of(error)
    code = error.response.get("Error", {}).get("Code", "")
    if status == HTTPStatus.NOT_FOUND:
        return FileNotFoundError(name)
    if status in _TAKEN:
        return FileExistsError(name)
    if code in _FULL or status == HTTPStatus.INSUFFICIENT_STORAGE:
        return NoRoomError(name)
    return StorageAwayError(f"{name}: {status} {code}")


def _status_of(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
