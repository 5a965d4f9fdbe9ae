"""The darkroom, where a stranger's file is decoded: a program of its own, without our secrets.

``python -m kring.media.darkroom LIMITS`` reads photos from standard input and writes replies to
standard output (see photo.py). It loads libvips once and never uses it: each photo is decoded in
a fork of this process that can open nothing, change nothing and cost no more than its limits.
So this process stays without threads, which makes forking it safe, and a fork takes a millisecond.
"""

import ctypes
import gc
import json
import os
import resource
import select
import signal
import sys
import time
from contextlib import suppress
from typing import BinaryIO, NoReturn

from kring.media.confining import open_only
from kring.media.developing import develop, prepare
from kring.media.photo import LENGTH, REQUEST, Limits, PhotoRefused, Reason

_LIBC = ctypes.CDLL(None)
NOBODY = 65534
SHARED_BYTES = 16_000_000  # pages of Python and the libraries, which all children share
STACK_BYTES = 1 << 20  # of a thread; the usual 8 MB would count as taken
ADDRESSES_BYTES = 1 << 30  # for what the limit on data leaves out


def serve(requests: BinaryIO, replies: BinaryIO, limits: Limits) -> None:
    """Render photo after photo, until the process that asks is gone."""
    while head := requests.read(REQUEST.size):
        _serve_one(head, requests, replies, limits)
        with suppress(AttributeError):  # musl
            _LIBC.malloc_trim(0)  # a child begins with all that this process has


def _serve_one(head: bytes, requests: BinaryIO, replies: BinaryIO, limits: Limits) -> None:
    size, keep_original = REQUEST.unpack(head)
    reply = develop_apart(requests.read(size), limits, keep_original=keep_original)
    replies.write(LENGTH.pack(len(reply)))
    replies.write(reply)
    replies.flush()


def develop_apart(photo: bytes, limits: Limits, *, keep_original: bool) -> bytes:
    """The reply of a child, or the refusal that its end means."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(photo, writer, limits, keep_original=keep_original)
    os.close(writer)
    reply = _read(reader, limits)
    os.close(reader)
    os.kill(child, signal.SIGKILL)  # it is done, dead or late
    _, status = os.waitpid(child, 0)
    if reply:
        return reply
    late = reply is None or os.waitstatus_to_exitcode(status) == -signal.SIGXCPU
    return PhotoRefused(Reason.TOO_SLOW if late else Reason.BROKEN).pack()


def _read(reader: int, limits: Limits) -> bytes | None:
    """All that the child writes; nothing when it is too much, None when it comes too late."""
    deadline = time.monotonic() + limits.wall_seconds
    parts: list[bytes] = []
    while select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
        if not (part := os.read(reader, 1 << 20)):
            return b"".join(parts)
        parts.append(part)
        if sum(map(len, parts)) > limits.reply_bytes:
            return b""
    return None


def _be_the_child(photo: bytes, writer: int, limits: Limits, *, keep_original: bool) -> NoReturn:
    """Render one photo behind the limits and end, without a way back into the parent's code."""
    try:
        _confine(writer, limits)
        try:
            reply = develop(photo, limits, keep_original=keep_original)
        except PhotoRefused as refused:
            reply = [refused.pack()]
        with open(writer, "wb", closefd=False) as pipe:
            pipe.writelines(reply)
        os._exit(0)
    finally:
        os._exit(1)


def _confine(writer: int, limits: Limits) -> None:
    """Give up all but the memory, the time and the one pipe that rendering takes."""
    os.dup2(0, 2)  # what a decoder has to say about a hostile file goes nowhere
    os.closerange(3, writer)
    os.closerange(writer + 1, 256)
    open_only()
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds + 1)  # should the parent be gone
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    own = limits.memory_bytes - SHARED_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (own, own))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES_BYTES, ADDRESSES_BYTES))
    for nothing_of in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(nothing_of, (0, 0))
    if os.geteuid() == 0:
        with suppress(OSError):  # a namespace without such a user
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)


def set_up() -> None:
    """Load and learn all that a child needs, so that it begins with it."""
    prepare()
    _have_small_stacks()
    gc.collect()
    gc.freeze()


def _have_small_stacks() -> None:
    """For the threads that libvips starts in a child."""
    attributes = ctypes.create_string_buffer(64)
    _LIBC.pthread_attr_init(attributes)
    _LIBC.pthread_attr_setstacksize(attributes, ctypes.c_size_t(STACK_BYTES))
    with suppress(AttributeError):  # musl: its stacks are small
        _LIBC.pthread_setattr_default_np(attributes)


def main() -> None:
    """Take the pipes for ourselves, so that nothing printed can get between the replies."""
    limits = Limits(**json.loads(sys.argv[1]))
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    set_up()
    with suppress(BrokenPipeError):  # the asking process ended
        serve(requests, replies, limits)


if __name__ == "__main__":
    main()
