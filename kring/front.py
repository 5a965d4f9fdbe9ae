"""The front: Caddy from its wheel, on one address, before pages, static files and photos."""

import json
import socket
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kring.folder import StartError, in_words, write_private
from kring.handing import FROM_BUCKET, NANOSECONDS, Config, from_bucket, from_folder
from kring.leash import bare_environment

# They would say who asked for what, and with a file's signed address, whenever somebody goes on.
LOGS_OF_REQUESTS = ["http.handlers.reverse_proxy", "http.log.error"]
LOOPBACK = ("127.0.0.1", "::1")
LARGEST_REQUEST = 2_500_000  # bytes: more text than the pages take
TOO_LARGE = "^(?:2[5-9][0-9]{5}|[3-9][0-9]{6}|[0-9]{8,})$"  # a length from there
MEGABYTE = 1024 * 1024
LARGEST_UPLOAD = 320 * MEGABYTE  # ten photos of 30 MB in a form without JavaScript, or a film
BESIDE_A_FILM = 20 * MEGABYTE  # what else its form may hold
LARGEST_PHOTO = 30  # megabytes
BESIDE_A_PHOTO = MEGABYTE
LARGEST_PORTRAIT = LARGEST_PHOTO * MEGABYTE + BESIDE_A_PHOTO
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# For people who work somewhere; those of the office take ten files of 20 MB at most.
UPLOADS = (
    f"^/(?:posts/new|posts/{_ID}/edit|media/uploads|share"
    f"|office/{_ID}/import|office/{_ID}/import/{_ID}/columns)/$"
)
PORTRAITS = "^/more/about-me/$"  # everybody may send one photo there
SMALL = "^[0-9]{1,6}$"  # a length in bytes, well below what is held until all of it is here
SLOWEST = 3_000_000 // 8  # bytes a second, of a phone that sends as much
SECONDS_TO_WAIT_FOR_PAGES = 20  # while the web process starts anew
_TOLD_TOO_LARGE: Config = {"handler": "static_response", "status_code": 413}
HASHED = r"\.[0-9a-f]{12}\.[^/]+$"  # names that change with their contents


@dataclass(frozen=True, kw_only=True)
class Front:
    """What the front is told: one origin, the sockets of the pages, and two folders of files."""

    origin: str
    port: int | None
    """The port on this machine's own addresses; None serves the origin to the world."""
    web: Path
    """The Unix socket of the pages."""
    static: Path
    media: Path
    home: Path
    """Where Caddy keeps certificates, and nothing else."""
    bucket: str | None = None
    """Scheme, host and port of the S3 server that keeps the files; None: the folder does."""
    uploads: Path | None = None
    """The Unix socket of what takes large files; None: the pages do."""
    largest_upload: int = LARGEST_UPLOAD
    """Bytes of one form with files."""
    largest_portrait: int = LARGEST_PORTRAIT
    """Bytes of one form with a photo of oneself."""

    def command(self) -> list[str]:
        """The command line that serves, with its configuration written."""
        caddy = Path(sys.executable).parent / "caddy"
        if not caddy.exists():
            raise StartError("The front (Caddy) is not installed: run bin/demo, which does that.")
        with in_words(self.home.parent):
            self.home.mkdir(mode=0o700, exist_ok=True)
            file = self.home / "caddy.json"
            write_private(file, json.dumps(self.config(), indent=1))
        return [str(caddy), "run", "--config", str(file)]

    def environment(self) -> dict[str, str]:
        """Caddy's own folders, kept inside the data folder."""
        home = str(self.home)
        folders = {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        return bare_environment() | folders

    def answers(self) -> bool:
        """Whether something listens at our port on this machine."""
        port = self.port or urlsplit(self.origin).port or self._usual_port()
        try:
            socket.create_connection((LOOPBACK[0], port), timeout=1).close()
        except OSError:
            return False
        return True

    def _usual_port(self) -> int:
        return 443 if self.origin.startswith("https:") else 80

    def config(self) -> Config:
        """Caddy's configuration."""
        level = "WARN" if self.origin.startswith("https:") else "ERROR"  # of certificates, mostly
        return {
            "admin": {"disabled": True, "config": {"persist": False}},
            "logging": {
                "logs": {"default": {"level": level, "exclude": ["admin", *LOGS_OF_REQUESTS]}}
            },
            "storage": {"module": "file_system", "root": str(self.home)},
            "apps": {
                "http": {"grace_period": 5 * NANOSECONDS, "servers": {"kring": self.server()}}
            },
        }

    def server(self) -> Config:
        """The one server, at its addresses. No access log: who read what is nobody's business."""
        parts = urlsplit(self.origin)
        seconds = {"read_header": 10, "read": self.largest_upload // SLOWEST + 60, "idle": 120}
        timeouts = {f"{what}_timeout": each * NANOSECONDS for what, each in seconds.items()}
        secure = parts.scheme == "https"
        how = {} if secure else {"automatic_https": {"disable": True}, "protocols": ["h1"]}
        if self.port is None:
            listen = [f":{parts.port or self._usual_port()}"]
            other: Config = {"handler": "static_response", "status_code": 421}
        else:
            listen = [f"[{host}]:{self.port}" for host in LOOPBACK if _has(host)]
            here = {"Location": [f"{self.origin}{{http.request.uri}}"]}
            other = {"handler": "static_response", "status_code": 307, "headers": here}
        ours = {"match": [{"host": [parts.hostname]}], "terminal": True}
        ours["handle"] = [{"handler": "subroute", "routes": self.routes()}]
        return {"listen": listen, "routes": [ours, {"handle": [other]}], **how, **timeouts}

    def routes(self) -> list[Config]:
        """Static files by their path; all else are pages, and some of those take photos.

        The pages get a request when all of it is here, so that who sends a letter at a time keeps
        no page waiting. Photos are too large to hold in memory: of those, the first part is, and
        then they go to a process of their own, where they wait for each other and for nobody else.
        """
        # WSGI writes '-' and '_' the same, so that a header with '_' could pass for one of ours.
        unforged = {"delete": ["*_*", "forwarded", "x-forwarded-*"]}
        unsaid = {"delete": ["Server", "Via"], "deferred": True}
        headers = {"handler": "headers", "request": unforged, "response": unsaid}
        compressed = {"handler": "encode", "encodings": {"zstd": {}, "gzip": {}}}
        return [
            {"handle": [headers, compressed]},
            {"match": [{"path": ["/static/*"]}], "handle": self.files(), "terminal": True},
            self.sent(UPLOADS, self.largest_upload),
            self.sent(PORTRAITS, self.largest_portrait),
            # Said at once: half a request would only be refused by the pages, if they come to it.
            {"match": [_of_length(TOO_LARGE)], "handle": [_TOLD_TOO_LARGE], "terminal": True},
            {"handle": [_at_most(LARGEST_REQUEST), self.pages(self.web)]},
        ]

    def sent(self, paths: str, size: int) -> Config:
        """What is sent there and is not small, up to so many bytes."""
        large = {"path_regexp": {"pattern": paths}, "not": [_of_length(SMALL)]}
        handle = [_at_most(size), self.pages(self.uploads or self.web)]
        return {"match": [{"method": ["POST"], **large}], "handle": handle, "terminal": True}

    def files(self) -> list[Config]:
        """Static files; those whose name holds a hash of their contents never change."""
        headers = {"X-Content-Type-Options": ["nosniff"], "Cache-Control": ["no-cache"]}
        forever = {
            "set": {"Cache-Control": ["public, max-age=31536000, immutable"]},
            "require": {"status_code": [2]},  # what is not there yet may come
            "deferred": True,
        }
        hashed = {"match": [{"path_regexp": {"pattern": HASHED}}]}
        return [
            {"handler": "headers", "response": {"set": headers}},
            {
                "handler": "subroute",
                "routes": [
                    hashed | {"handle": [{"handler": "headers", "response": forever}]},
                    {"handle": [{"handler": "rewrite", "strip_path_prefix": "/static"}]},
                    {
                        "handle": [
                            {
                                "handler": "file_server",
                                "root": str(self.static),
                                "hide": ["staticfiles.json"],
                            }
                        ]
                    },
                ],
            },
        ]

    def pages(self, web: Path) -> Config:
        """The web process at a socket; where it answers with the name of a file, that file."""
        handed_off = {"X-Accel-Redirect": from_folder(self.media)}
        if self.bucket:
            handed_off[FROM_BUCKET] = from_bucket(self.bucket)
        return {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": f"unix/{web}"}],
            "transport": {"protocol": "http", "compression": False},
            "request_buffers": LARGEST_REQUEST + 1,  # so that none that is too large waits
            "load_balancing": {
                "try_duration": SECONDS_TO_WAIT_FOR_PAGES * NANOSECONDS,
                "try_interval": NANOSECONDS // 10,
            },
            "headers": {"request": {"set": {"X-Forwarded-Proto": [urlsplit(self.origin).scheme]}}},
            "handle_response": [
                {"match": {"headers": {header: ["*"]}}, "routes": [{"handle": [handler]}]}
                for header, handler in handed_off.items()
            ],
        }


def largest_upload(film: int) -> int:
    """Bytes of one form, where a film may have so many megabytes."""
    return max(LARGEST_UPLOAD, film * MEGABYTE + BESIDE_A_FILM)


def largest_portrait(photo: int) -> int:
    """Bytes of one form with a photo of oneself, where a photo may have so many megabytes."""
    return photo * MEGABYTE + BESIDE_A_PHOTO


def _at_most(size: int) -> Config:
    return {"handler": "request_body", "max_size": size}


def _of_length(pattern: str) -> Config:
    return {"header_regexp": {"Content-Length": {"pattern": pattern}}}


def refuse_taken(port: int) -> None:
    """Raise StartError when something listens on this port of this machine itself."""
    for host in filter(_has, LOOPBACK):
        with closing(_listener(host)) as probe:
            try:
                probe.bind((host, port))
            except PermissionError as error:
                raise StartError(
                    f"Port {port} is kept for root: choose one from 1024 with --port."
                ) from error
            except OSError as error:
                raise StartError(
                    f"Port {port} is in use: stop what listens there, or choose another (--port)."
                ) from error


def _listener(host: str) -> socket.socket:
    probe = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that just closed is no bar
    return probe


def _has(host: str) -> bool:
    """Whether this machine has the address: some have no IPv6."""
    try:
        with closing(_listener(host)) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True
