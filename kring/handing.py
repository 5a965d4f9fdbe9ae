"""How the front hands over a file that the pages name: from a folder, or from a bucket.

The pages say what the browser is told of a file, and name it in a header that no browser sees.
What the server of a bucket says beside the bytes stays here, as does who asked.
"""

from http.client import SERVICE_UNAVAILABLE
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

type Config = dict[str, Any]

NANOSECONDS = 1_000_000_000
FROM_BUCKET = "X-From-Bucket"  # path and signed query of a file there
UNSAID = ["X-Accel-Redirect", FROM_BUCKET, "Content-Length", "Server", "Date"]
OF_THE_BYTES = ["Accept-Ranges", "Content-Length", "Content-Range", "ETag"]
SECONDS_TO_CONNECT = 3
SECONDS_TO_ANSWER = 5
SECONDS_OF_REST = 5  # in which nobody asks a server that did not answer


def from_folder(folder: Path) -> Config:
    """Answer with the file below ``folder`` that the pages named."""
    return _in_words(
        [
            _rewrite("X-Accel-Redirect"),
            {"handler": "copy_response_headers", "exclude": UNSAID},
            {"handler": "file_server", "root": str(folder)},
        ]
    )


def from_bucket(server: str) -> Config:
    """Answer with the file that the pages named, fetched from the server of a bucket."""
    part = {"match": [{"header": {"Range": ["*"]}}], "terminal": True}
    routes = [part | {"handle": [_fetch(server, "Range")]}, {"handle": [_fetch(server)]}]
    told = {"handler": "copy_response_headers", "exclude": UNSAID}
    return _in_words([_rewrite(FROM_BUCKET), told, {"handler": "subroute", "routes": routes}])


def _rewrite(header: str) -> Config:
    return {"handler": "rewrite", "uri": f"{{http.reverse_proxy.header.{header}}}"}


def _fetch(server: str, *said: str) -> Config:
    """Ask for the bytes, and say nothing of who asks, only which part is wanted.

    ``If-Range`` is not said: some servers do not heed it, and no file of ours ever changes.
    """
    wanted = {name: [f"{{http.request.header.{name}}}"] for name in said}
    return {
        "handler": "reverse_proxy",
        **_line_to(server),
        "headers": {
            "request": {"delete": ["*"], "set": {"Host": [_host(server)], **wanted}},
            "response": {"delete": ["*"]},
        },
        "health_checks": {
            "passive": {"fail_duration": SECONDS_OF_REST * NANOSECONDS, "max_fails": 2}
        },
        "handle_response": [
            {"match": {"status_code": [200, 206]}, "routes": [{"handle": _passed_on()}]},
            {"match": {"status_code": [416]}, "routes": [{"handle": _told_the_length()}]},
            {"match": {"status_code": [404]}, "routes": [{"handle": _plain(404)}]},
            {"routes": [{"handle": _plain(503)}]},  # a key that is refused, too
        ],
    }


def _line_to(server: str) -> Config:
    parts = urlsplit(server)
    secure = parts.scheme == "https"
    wait = {"dial_timeout": SECONDS_TO_CONNECT, "response_header_timeout": SECONDS_TO_ANSWER}
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return {
        "upstreams": [{"dial": f"{host}:{parts.port or (443 if secure else 80)}"}],
        "transport": {"protocol": "http", "compression": False}
        | {name: each * NANOSECONDS for name, each in wait.items()}
        | ({"tls": {"server_name": parts.hostname}} if secure else {}),
    }


def _passed_on() -> list[Config]:
    return [
        {"handler": "copy_response_headers", "include": OF_THE_BYTES},
        {"handler": "copy_response"},
    ]


def _told_the_length() -> list[Config]:
    said = {"handler": "copy_response_headers", "include": ["Content-Range"]}
    return [said, *_plain(416)]


def _in_words(handlers: list[Config]) -> Config:
    """What goes wrong is said in one number, and kept by no browser as the file would be."""
    gone = {"match": [{"vars": {"{http.error.status_code}": ["404"]}}], "terminal": True}
    errors = {"routes": [gone | {"handle": _plain(404)}, {"handle": _plain(503)}]}
    return {"handler": "subroute", "routes": [{"handle": handlers}], "errors": errors}


def _plain(status: int) -> list[Config]:
    of_the_file = ["Content-Type", "Content-Disposition", "Content-Length", "Accept-Ranges"]
    later = {"Retry-After": [str(SECONDS_OF_REST)]} if status == SERVICE_UNAVAILABLE else {}
    response = {"delete": of_the_file, "set": {"Cache-Control": ["no-store"], **later}}
    return [
        {"handler": "headers", "response": response},
        {"handler": "static_response", "status_code": status},
    ]


def _host(server: str) -> str:
    """As it was signed: with its port, unless that is the usual one."""
    parts = urlsplit(server)
    usual = 443 if parts.scheme == "https" else 80
    return parts.netloc.removesuffix(f":{usual}")
