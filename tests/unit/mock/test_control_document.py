"""The control plane's own document: valid, complete, and kept. conftest holds every answer of every test to it."""

import json
from collections.abc import Callable
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from bubblehouse_mock.control.document import document
from bubblehouse_mock.control.routes import ROUTES
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock


def test_it_is_valid() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_it_is_served(mock: BubblehouseMock) -> None:
    answer = mock.handle(Request(method="GET", path=b"/__mock__/openapi.json"))
    assert json.loads(answer.body) == document()


def test_every_action_and_every_argument_is_described() -> None:
    told: Any = document()
    operations = [operation for item in told["paths"].values() for operation in item.values()]
    assert len(operations) == len(ROUTES) == len({it["operationId"] for it in operations})
    for operation in operations:
        assert operation["summary"], operation["operationId"]
        for parameter in operation["parameters"]:
            assert parameter["description"], (operation["operationId"], parameter["name"])


def test_every_place_is_there(control: Callable[..., Any]) -> None:
    """Each route finds its action: whatever the answer, it isn't that there is no such place."""
    for route in ROUTES:
        if route.media_type == "application/json":
            body: Any = None if route.body is None else {}
            place = (
                route.path.replace("shops/{shop}/", "").replace("{customer_id}", "1001").replace("{code}", "DEMO-USED")
            )
            answer = control(place.replace("{key_id}", "demo-key-2"), body, method=route.method)
            assert answer.status in {200, 400}, (route, answer)
