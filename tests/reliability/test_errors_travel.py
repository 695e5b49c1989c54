"""Errors carry the story of a call, to wherever they are sent, and cost nothing until one comes."""

import copy
import json
import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.contract.proof import contract as contracts
from tests.reliability.caller import KINDS, Caller
from tests.reliability.paths import PATHS, Scripted
from tests.unit.runtime.sockets import Serve

from bubblehouse.flow import Timing
from bubblehouse.transport import Response, TransportError
from bubblehouse_codegen.cli import main
from bubblehouse_codegen.documents import load
from bubblehouse_loyalty import errors

ROOT = Path(__file__).parents[2]
OPTIONS: dict[str, Any] = {"shop": "my-shop", "token": "a.token", "timing": Timing(jitter=lambda: 0.0), "timeout": 3}

WAYS: dict[str, Callable[[Any], Any]] = {
    **{
        f"pickle {protocol}": lambda it, protocol=protocol: pickle.loads(pickle.dumps(it, protocol))  # type: ignore[misc]  # noqa: S301
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def story(error: BaseException) -> dict[str, Any]:
    """Return everything that an error tells."""
    told = {name: value for name, value in vars(error).items() if not isinstance(value, BaseException)}
    names = ("operation", "attempts", "elapsed", "retry_after", "status", "headers", "content", "response", "timed_out")
    told |= {name: getattr(error, name, ...) for name in (*names, "likely_applied", "outcome_read_by", "id", "message")}
    reason = getattr(error, "reason", None)
    return {
        **told,
        "type": type(error),
        "text": str(error),
        "args": error.args[:1],
        "notes": getattr(error, "__notes__", None),
    } | ({"reason": story(reason), "cause": type(error.__cause__)} if reason is not None else {})


def raised(name: str, status: int, headers: tuple[tuple[str, str], ...], body: object) -> BaseException:
    """Return what a call raises on an answer."""
    answer = Response(status, headers, json.dumps(body).encode())
    return Caller("sync", OPTIONS).error(name, transport=Scripted(is_async=False, answer=lambda _: answer))


def of_every_documented_error() -> list[BaseException]:
    return [
        raised(it.python_name, error.status, (("Retry-After", "9"),), {"id": error.id, "message": "No"})
        for it in contracts.load().operations.values()
        for error in it.errors
        if it.method == "POST"
    ]


def _without_body(error: BaseException) -> BaseException:
    """What arrives in a pickle. None of the answers here has an address or a number in a header."""
    for one in (error, getattr(error, "reason", None)):
        if isinstance(one, errors.APIError | errors.ResponseValidationError):
            one.response = one.response._replace(content=b"")
    return error


def test_every_error_of_every_path_arrives_as_it_left(serve: Serve) -> None:
    caller = Caller("sync", {"shop": "my-shop", "key_id": "k", "secret": "c2VjcmV0", "timeout": 0.1, "max_retries": 0})
    left = [*of_every_documented_error(), *(path(caller, serve) for path in PATHS.values())]
    for error in left:
        error.add_note("seen by a test")
        for way, travel in WAYS.items():
            expected = error if way in {"copy", "deepcopy"} else _without_body(copy.deepcopy(error))
            assert story(travel(error)) == story(expected), way
    kinds = {type(error).__name__ for error in left}
    never_raised_alone = {"BubblehouseError", "CallError", "GlobalError", "CustomerIdentityError", "OperationError"}
    assert set(errors.__all__) - never_raised_alone <= kinds


def test_an_error_tells_the_whole_story() -> None:
    body = {"id": "insufficient_points", "message": "No"}
    error = raised("redeem_points_1", 422, (("X-Trace", "7"),), body)
    assert isinstance(error, errors.InsufficientPointsError)
    assert (error.operation, error.attempts, error.status, error.id) == ("RedeemPoints1", 1, 422, "insufficient_points")
    assert error.headers == (("X-Trace", "7"),)
    assert json.loads(error.content) == body
    assert 0 <= error.elapsed < 3


@pytest.mark.parametrize("kind", KINDS)
def test_what_came_before_the_last_attempt_is_told_too(kind: str) -> None:
    steps = iter([Response(429, (("Retry-After", "0.01"),), b"{}"), Response(429, (), b"{}")])

    def answer(_: object) -> Response:
        step = next(steps, None)
        if step is None:
            raise TransportError("gone", sent=True)
        return step

    error = Caller(kind, OPTIONS).error("redeem_points_1", transport=Scripted(kind == "async", answer))
    assert isinstance(error, errors.OutcomeUnknownError)
    assert (error.attempts, error.retry_after) == (3, 0.01)
    assert (error.reason.operation, error.reason.attempts, error.reason.retry_after) == ("RedeemPoints1", 3, 0.01)
    assert error.elapsed >= 0.01


# --- other processes ----------------------------------------------------------------------------------------------


def fail(status: int, error_id: str) -> None:
    raise raised("redeem_points_1", status, (), {"id": error_id, "message": "No"})


def test_errors_come_back_from_other_processes() -> None:
    ids = ["insufficient_points", "brand_new"]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        found = [executor.submit(fail, 422, error_id).exception() for error_id in ids]
    with context.Pool(1) as pool:
        for error_id in ids:
            with pytest.raises(errors.UnprocessableEntityError) as caught:
                pool.apply(partial(fail, 422), (error_id,))
            found.append(caught.value)
        pool.close()
        pool.join()
    for error, error_id in zip(found, ids * 2, strict=True):
        here = story(_without_body(raised("redeem_points_1", 422, (), {"id": error_id, "message": "No"})))
        assert error is not None
        assert story(error) | {"elapsed": 0} == here | {"elapsed": 0}


# --- what they cost -----------------------------------------------------------------------------------------------

MORE = 120

COUNT = """
import sys
import bubblehouse_loyalty
from bubblehouse_loyalty import LoyaltyClient, CustomerIdentity1
from bubblehouse.transport import Response

class Answers:
    def send(self, request, *, timeout):
        return Response(self.status, (), self.body)
    def close(self):
        pass

answers = Answers()
client = LoyaltyClient(shop="my-shop", token="a.token", transport=answers)
answers.status, answers.body = 200, b'{"code": "", "pts": 5, "amount": "1.000000", "change_bhid": "1"}'
client.redeem_points_1(customer=CustomerIdentity1(shopid="1"), pts=5)
print(len(sys.modules), "bubblehouse_loyalty.errors" in sys.modules)
answers.status, answers.body = 422, b'{"id": "made_up_7"}'
try:
    client.redeem_points_1(customer=CustomerIdentity1(shopid="1"), pts=5)
except Exception as error:
    print(type(error).__name__, "bubblehouse_loyalty.errors" in sys.modules)
"""


def counted(folder: Path) -> list[list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", COUNT], env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=True
    )
    return [line.split() for line in done.stdout.splitlines()]


def test_a_hundred_classes_more_are_not_felt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contract = load(ROOT / "spec/openapi.yaml")
    schemas = contract["components"]["schemas"]
    redeem = contract["paths"]["/{shop}/RedeemPoints1"]["post"]["responses"]["422"]["content"]["application/json"]
    for number in range(MORE):
        name, error_id = f"MadeUp{number}Error", f"made_up_{number}"
        schema = copy.deepcopy(schemas["PointsDisabledError"])
        schema["properties"]["id"]["const"] = error_id
        schema["examples"] = [{"id": error_id}]
        schemas[name] = schema
        redeem["schema"]["oneOf"].append({"$ref": f"#/components/schemas/{name}"})
        redeem["schema"]["discriminator"]["mapping"][error_id] = f"#/components/schemas/{name}"
    spec, yaml = tmp_path / "openapi.yaml", YAML()
    yaml.dump(contract, spec)
    assert main(["--spec", str(spec), "--output", str(tmp_path / "out")]) == 0, capsys.readouterr().err
    [[before, loaded], *_] = counted(ROOT / "generated")
    [[after, loaded_too], [kind, loaded_at_last]] = counted(tmp_path / "out")
    assert (loaded, loaded_too) == ("False", "False")
    assert before == after
    assert (kind, loaded_at_last) == ("MadeUp7Error", "True")
