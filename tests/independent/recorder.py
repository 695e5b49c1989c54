"""A pytest plugin that records what the mock is asked and answers: `pytest -p tests.independent.recorder`.

Only what is said in the name of the project's own contract counts: tests also serve contracts of their own, and force
errors that the request has not deserved.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.independent import traffic
from tests.independent.traffic import Exchange

from bubblehouse_mock.contract import Operation, load
from bubblehouse_mock.core import Core
from bubblehouse_mock.faults import Fault, Faults
from bubblehouse_mock.messages import Request, Response

_RECORDING = pytest.StashKey[dict[Exchange, None]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-traffic", type=Path, required=True, metavar="FILE", help="where to write the traffic")


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    recording = session.config.stash.setdefault(_RECORDING, {})
    with pytest.MonkeyPatch.context() as patch:
        _record(recording, patch)
        result = yield
    traffic.write(session.config.getoption("--record-traffic"), recording)
    return result


def _record(recording: dict[Exchange, None], patch: pytest.MonkeyPatch) -> None:
    handle, take, call = Core.handle, Faults.take, threading.local()

    def recorded(core: Core, request: Request) -> Response:
        call.forced = False
        response = handle(core, request)
        if core.contract is load(None) and not call.forced:
            exchange = traffic.observed(request, response)
            if exchange is not None:
                recording[exchange] = None
        return response

    def noticed(faults: Faults, operation: Operation) -> Fault | None:
        fault = take(faults, operation)
        call.forced = fault is not None
        return fault

    patch.setattr(Core, "handle", recorded)
    patch.setattr(Faults, "take", noticed)
