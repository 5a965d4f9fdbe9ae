"""The darkroom, where a stranger's file is decoded: a program of its own, without our secrets.

``python -m kring.media.darkroom LIMITS`` reads photos from standard input and writes replies to
standard output (see photo.py). It loads libvips once and never uses it: each photo is decoded in
a fork of this process that can open nothing, change nothing and cost no more than its limits.
So this process stays without threads, which makes forking it safe, and a fork takes a millisecond.
"""

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

import pyvips

from kring.media.photo import LARGE, LENGTH, SMALL, Limits, PhotoRefused, Reason, pack

_WHOLE = "[fail_on=error]"  # thumbnail's own argument fail_on never reaches the decoder (8.18)
TINY = 20  # pixels of the placeholder's long side
NOBODY = 65534
_LOADERS = ("VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp")
_OPERATIONS = (
    "thumbnail_buffer",
    "thumbnail_image",
    "colourspace",
    "flatten",
    "webpsave_buffer",
)


def develop(photo: bytes, pixels: int) -> bytes:
    """Decode a photo of at most so many pixels and pack its renditions; raises ``PhotoRefused``."""
    try:
        header = pyvips.Image.new_from_buffer(photo, "", access="sequential")
        if header.width * header.height > pixels:
            raise PhotoRefused(Reason.TOO_MANY_PIXELS)
        large = _opaque_srgb(photo, profiled=bool(header.get_typeof("icc-profile-data")))
        small = _shrunk(large, SMALL)
        tiny = _shrunk(small, TINY)
        return pack(large.width, large.height, _webp(large, 80), _webp(small, 75), _webp(tiny, 30))
    except pyvips.Error:
        raise PhotoRefused(Reason.BROKEN) from None


def _opaque_srgb(photo: bytes, *, profiled: bool) -> pyvips.Image:
    """At most ``LARGE`` pixels long, right way up, on white where it was transparent.

    White, because a drawing in black lines on nothing would be lost in a dark theme. Without a
    profile in the file libvips takes the colours for what they usually are; to ask for the
    conversion all the same would cost three times the decoding.
    """
    profile = {"output_profile": "srgb"} if profiled else {}
    image = pyvips.Image.thumbnail_buffer(
        photo, LARGE, height=LARGE, size="down", option_string=_WHOLE, **profile
    ).colourspace("srgb")
    return (image.flatten(background=255) if image.hasalpha() else image).copy_memory()


def _shrunk(image: pyvips.Image, side: int) -> pyvips.Image:
    return image.thumbnail_image(side, height=side, size="down").copy_memory()


def _webp(image: pyvips.Image, quality: int) -> bytes:
    """Effort 2 of 6 makes files 7 % larger than the usual 4 in less than half of its time."""
    written: bytes = image.webpsave_buffer(Q=quality, effort=2, keep="none")
    return written


def serve(requests: BinaryIO, replies: BinaryIO, limits: Limits) -> None:
    """Render photo after photo, until the process that asks is gone."""
    while head := requests.read(LENGTH.size):
        photo = requests.read(LENGTH.unpack(head)[0])
        reply = _develop_apart(photo, limits)
        replies.write(LENGTH.pack(len(reply)) + reply)
        replies.flush()


def _develop_apart(photo: bytes, limits: Limits) -> bytes:
    """The reply of a child, or the refusal that its end means."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(photo, writer, limits)
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


def _be_the_child(photo: bytes, writer: int, limits: Limits) -> NoReturn:
    """Render one photo behind the limits and end, without a way back into the parent's code."""
    try:
        _confine(writer, limits)
        try:
            reply = develop(photo, limits.pixels)
        except PhotoRefused as refused:
            reply = refused.pack()
        with open(writer, "wb", closefd=False) as pipe:
            pipe.write(reply)
        os._exit(0)
    finally:
        os._exit(1)


def _confine(writer: int, limits: Limits) -> None:
    """Give up all but the memory, the time and the one pipe that rendering takes."""
    os.dup2(0, 2)  # what a decoder has to say about a hostile file goes nowhere
    os.closerange(3, writer)
    os.closerange(writer + 1, 256)
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds + 1)  # should the parent be gone
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    for nothing_of in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(nothing_of, (0, 0))
    if os.geteuid() == 0:
        with suppress(OSError):  # a namespace without such a user
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)


def _allow_three_kinds() -> None:
    """Block every reader of libvips but those of JPEG, PNG and WebP."""
    pyvips.block_untrusted_set(state=True)
    pyvips.operation_block_set("VipsForeignLoad", state=True)
    for loader in _LOADERS:
        pyvips.operation_block_set(loader, state=False)
    pyvips.cache_set_max(0)


def main() -> None:
    """Take the pipes for ourselves, so that nothing printed can get between the replies."""
    limits = Limits(**json.loads(sys.argv[1]))
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    _allow_three_kinds()
    for operation in _OPERATIONS:
        pyvips.Introspect.get(operation)  # known here once, instead of in each child
    gc.collect()
    gc.freeze()
    with suppress(BrokenPipeError):  # the asking process ended
        serve(requests, replies, limits)


if __name__ == "__main__":
    main()
