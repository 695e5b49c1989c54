"""The mock over HTTP: an ASGI application, and a server of one process or several."""
