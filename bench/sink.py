"""A mail server that takes everything and keeps nothing, as a process of its own: bench.sink."""

import asyncio
import sys

ANSWERS = {
    b"EHLO": b"250 sink\r\n",
    b"MAIL": b"250 OK\r\n",
    b"RCPT": b"250 OK\r\n",
    b"DATA": b"354 Go on\r\n",
    b"QUIT": b"221 Bye\r\n",
}
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.came, self.text = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.came += data
        while self._step():
            pass

    def _step(self) -> bool:
        found, _, rest = self.came.partition(END if self.text else b"\r\n")
        if len(found) == len(self.came):
            return False
        self.came = rest
        if self.text:
            self.text = False
            self.transport.write(b"250 OK\r\n")
        else:
            word = found[:4].upper()
            self.text = word == b"DATA"
            self.transport.write(ANSWERS.get(word, b"250 OK\r\n"))
        return True


async def main() -> None:
    """Listen at a free port, and say which."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
