"""The push service that ``bench.push`` sends to: it opens nothing and remembers when what came.

What an endpoint answers stands in its path: ``/410/…``; ``/hang/…`` answers nothing. ``/told``
answers the moments, in seconds of the machine's clock, and forgets them.
"""

import asyncio
import json
import sys
import time

END = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"
SAID = {b"201": b"201 Created", b"404": b"404 Not Found", b"410": b"410 Gone"} | {
    b"429": b"429 Too Many Requests\r\nRetry-After: 30",
    b"500": b"500 Internal Server Error",
}

came: list[float] = []


class Service(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.held = transport, b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(END)) >= 0:
            head = self.held[:end].lower()
            at = head.find(LENGTH)
            length = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.held) < end + len(END) + length:
                return
            self.held = self.held[end + len(END) + length :]
            self.answer(head.split(b" ", 2)[1].split(b"/")[1])

    def answer(self, path: bytes) -> None:
        """As the path says."""
        if path == b"told":
            told = json.dumps(came).encode()
            came.clear()
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told)
            self.transport.write(head + told)
            return
        came.append(time.monotonic())
        if path != b"hang":
            self.transport.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % SAID[path])


async def main() -> None:
    """Listen at a port that is free, and say which."""
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1])
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
