"""The process that ``bench.push`` measures: pushes what waits, as the worker does.

Beside it the bare encryption of as many messages of the same size, by the same library.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402 - models want Django

from kring.base.jobs import keep_what_is_loaded, lanes  # noqa: E402
from kring.notifications.channels.web_push import ByPush  # noqa: E402
from kring.notifications.jobs import deliver  # noqa: E402
from kring.notifications.pushing import message  # noqa: E402
from kring.notifications.pushing.line import Push, sealed  # noqa: E402

AT_A_TIME = lanes[ByPush.queue]
SEALED = 5_000
SIZE = 160  # octets of a message of ours


def main() -> None:
    """Print how long the jobs took, and how many messages a second can be sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE queue_name = %s", [ByPush.queue])
        jobs = [args if isinstance(args, dict) else json.loads(args) for (args,) in cursor]
        cursor.execute(
            "SELECT endpoint, p256dh, auth FROM kring_devices(%s::uuid[])", [[sys.argv[1]]]
        )
        [(endpoint, p256dh, auth)] = cursor.fetchall()
    _warm()
    keep_what_is_loaded()
    before = time.monotonic()
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        for done in [threads.submit(deliver, **one) for one in jobs]:
            done.result()
    seconds = time.monotonic() - before
    one = Push(
        key=jobs[0]["chunk"],
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        payload=b"x" * SIZE,
        topic="",
        seconds=0,
    )
    print(json.dumps({"began": before, "seconds": seconds, "bare": _bare(one)}))


def _warm() -> None:
    """What a worker that runs for a while has looked up already."""
    told = {"school": "", "verb": "post.published", "kind": "school", "language": "nl"}
    message.payload(**told, urgent=False, notification_id=uuid4())


def _bare(one: Push) -> float:
    """Messages sealed in a second."""
    before = time.perf_counter()
    for _ in range(SEALED):
        sealed(one)
    return SEALED / (time.perf_counter() - before)


if __name__ == "__main__":
    main()
