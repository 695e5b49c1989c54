"""Layer 3: answers that the contract does not have. They come from the real server, altered on their way back."""

import json
from collections.abc import Callable

import pytest
from tests.contract.proof.provoke import DRIVERS, AlterResponse, Call, Kitchen
from tests.contract.proof.target import Target

from bubblehouse import errors as runtime
from bubblehouse.transport import Request
from bubblehouse_loyalty.models import CustomerBalanceResult3

_JSON = (("Content-Type", "application/json"),)
_HTML = b"<html><body>502 Bad Gateway</body></html>"


def _answer(status: int, body: object) -> AlterResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda response: response._replace(status=status, headers=_JSON, content=content)


@pytest.fixture(autouse=True)
def fresh(http_target: Target) -> None:
    if http_target.control is not None:
        http_target.control.reset()


@pytest.fixture(params=DRIVERS)
def drive(request: pytest.FixtureRequest) -> Callable[[Call], object]:
    return DRIVERS[request.param]


@pytest.mark.parametrize(
    ("status", "body", "expected", "error_id"),
    [
        pytest.param(422, {"id": "brand_new"}, runtime.UnprocessableEntityError, "brand_new", id="unknown id"),
        pytest.param(404, {"id": "invalid_token"}, runtime.NotFoundError, "invalid_token", id="other status"),
        pytest.param(418, {"id": "brand_new"}, runtime.APIError, "brand_new", id="unknown id and status"),
        pytest.param(404, {}, runtime.NotFoundError, None, id="no id"),
        pytest.param(400, [], runtime.BadRequestError, None, id="no object"),
        pytest.param(502, _HTML, runtime.InternalServerError, None, id="HTML of a gateway"),
        pytest.param(520, b"", runtime.InternalServerError, None, id="status that nobody registered"),
        pytest.param(301, b"", runtime.APIError, None, id="redirect"),
    ],
)
def test_an_undocumented_error_comes_as_the_class_of_its_status(
    status: int,
    body: object,
    expected: type[runtime.APIError],
    error_id: str | None,
    kitchen: Kitchen,
    drive: Callable[[Call], object],
) -> None:
    call = kitchen.successful("CustomerBalance3", "ShopToken", response=_answer(status, body))
    with pytest.raises(expected) as caught:
        drive(call)
    assert type(caught.value) is expected
    assert (caught.value.status, caught.value.id) == (status, error_id)


@pytest.mark.parametrize("body", [b"", b"not JSON", b"[]", b'{"pts_available": 1}', _HTML], ids=repr)
def test_a_success_that_can_not_be_read_is_no_success(
    body: bytes, kitchen: Kitchen, drive: Callable[[Call], object]
) -> None:
    call = kitchen.successful("CustomerBalance3", "ShopToken", response=_answer(200, body))
    with pytest.raises(runtime.ResponseValidationError):
        drive(call)


def test_an_unknown_function_is_a_documented_refusal(
    kitchen: Kitchen, http_target: Target, drive: Callable[[Call], object]
) -> None:
    if http_target.control is None:
        pytest.skip("the id is an assumption, and this server need not share it")

    def rename(request: Request) -> Request:
        return request._replace(url=request.url.replace("CustomerBalance3", "CustomerBalance99"))

    with pytest.raises(runtime.NotFoundError) as caught:
        drive(kitchen.successful("CustomerBalance3", "ShopToken", request=rename))
    assert caught.value.id == "unknown_function"


def test_a_write_whose_answer_is_lost_is_settled_by_the_read_it_names(
    kitchen: Kitchen, http_target: Target, drive: Callable[[Call], object]
) -> None:
    if http_target.control is None:
        pytest.skip("it spends points")
    before = drive(kitchen.successful("CustomerBalance3", "CustomerToken"))
    with pytest.raises(runtime.OutcomeUnknownError) as caught:
        drive(kitchen.successful("RedeemPoints1", "CustomerToken", response=_answer(502, _HTML)))
    assert caught.value.outcome_read_by == "CustomerBalance3"
    after = drive(kitchen.successful(caught.value.outcome_read_by, "CustomerToken"))
    assert isinstance(before, CustomerBalanceResult3)
    assert isinstance(after, CustomerBalanceResult3)
    assert after.pts_available < before.pts_available
