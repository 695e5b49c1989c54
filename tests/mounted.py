"""The mock as an application on somebody else's server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from bubblehouse_mock.serving.asgi import App


@contextmanager
def serving(app: App) -> Iterator[str]:
    """Serve an ASGI application with plain uvicorn, at a port of its own, and yield its origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error", log_config=None, ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
