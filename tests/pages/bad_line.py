"""A line between a till and its server that is cut where a test says: before a request, in it, or after it."""

import socket
import threading
from contextlib import suppress
from typing import Literal

from tests.support.served import free_port

Cut = Literal["before", "during", "after"]
CHUNK_BYTES = 65_536
PATIENCE_SECONDS = 60


class BadLine:
    """Listens on a port of its own, and hands on what comes to the server's."""

    def __init__(self, server: int) -> None:
        self.server, self.port = server, free_port()
        self.cuts: list[Cut] = []
        self.cut_path = b"/v1/purchases "
        self.made = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=200)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """Where a browser finds the server."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self, path: str, *cuts: Cut) -> None:
        """Cut the next requests to a path, each in its way."""
        with self._lock:
            self.cut_path, self.cuts = f"POST {path} ".encode(), list(cuts)
            self.made.clear()

    def close(self) -> None:
        """Take no new connections."""
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self.server)) as server:
            for each in (client, server):
                each.settimeout(PATIENCE_SECONDS)
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            while content := client.recv(CHUNK_BYTES):
                cut = self._next_cut(content)
                if cut is None:
                    server.sendall(content)
                    continue
                if cut == "during":
                    server.sendall(content[: len(content) // 2])
                elif cut == "after":
                    # The browser is gone first, so that it never hears of what the server does now.
                    client.shutdown(socket.SHUT_RDWR)
                    server.sendall(content)
                    self.made.set()
                    back.join(PATIENCE_SECONDS)
                self.made.set()
                return

    def _next_cut(self, content: bytes) -> Cut | None:
        with self._lock:
            return self.cuts.pop(0) if self.cuts and content.startswith(self.cut_path) else None


def _pump(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while content := server.recv(CHUNK_BYTES):
            client.sendall(content)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
