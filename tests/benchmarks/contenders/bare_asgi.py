"""An application that does nothing but answer, on the mock's own server: what that server can do at best."""

import sys

from bubblehouse_mock.serving.asgi import Receive, Scope, Send
from bubblehouse_mock.serving.server import listening, run_app

_ANSWER = b'{"code":"LOYAL-7F3K9Q2M","pts":100,"amount":"1.000000","change_bhid":"20b31881b3010001"}'
_HEADERS = ((b"content-type", b"application/json"), (b"content-length", b"%d" % len(_ANSWER)))


async def _app(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _ANSWER})


def main() -> None:
    """Run until killed."""
    with listening("127.0.0.1", 0) as (listener, base_url):
        sys.stdout.write(f"{base_url}\n")  # whoever connects waits for the server in the listener's queue
        sys.stdout.flush()
        run_app(_app, listener, lambda: None)


if __name__ == "__main__":
    main()
