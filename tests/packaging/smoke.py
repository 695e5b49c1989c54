"""Run by a Python that has the wheel with some extras: what they promise works, and needs no more than they bring.

Usage: python smoke.py [EXTRA ...]
"""

import importlib
import sys
import warnings

warnings.simplefilter("error")
extras = set(sys.argv[1:])

client_of = importlib.import_module("bubblehouse_loyalty").LoyaltyClient
options = {"shop": "demo-shop", "token": "a.b.c"}
client_of(**options).close()

if "otel" in extras:
    telemetry = importlib.import_module("bubblehouse.telemetry")
    client_of(**options, middleware=[telemetry.OpenTelemetry()]).close()
if "fast" in extras:
    transport = importlib.import_module("bubblehouse.transport").PyreqwestTransport()
    client_of(**options, transport=transport).close()
    transport.close()
if "mock" in extras:
    served = importlib.import_module("bubblehouse_mock")
    mock = served.BubblehouseMock(strict=True)
    key = mock.keys[0]
    with served.running(mock) as url:
        signed = {"shop": mock.shop, "key_id": key.key_id, "secret": key.secret, "base_url": url}
        with client_of(**signed) as client:
            assert client.for_customer("1001").customer_balance_3().pts_earned > 0
