"""A page of a folder as a web server on loopback shows it."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path


@contextmanager
def served(page: Path) -> Iterator[str]:
    """The address of the page, which is that of its folder too."""
    handler = partial(_Handler, page.name, directory=str(page.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


class _Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, page: str, *args: object, **fields: object) -> None:
        self._page = page
        super().__init__(*args, **fields)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """The page where no file is named."""
        self.path = f"/{self._page}" if self.path == "/" else self.path
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
