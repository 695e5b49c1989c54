"""The pytest fixture for users' own tests. Loaded in every pytest run, so it imports nothing before it is asked."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bubblehouse_mock.mock import BubblehouseMock


@pytest.fixture
def bubblehouse_mock() -> "BubblehouseMock":
    """A fresh demo shop in process. Needs the extra `bubblehouse-loyalty[mock]`.

    It checks each of its own answers against the contract. Give the client `base_url=bubblehouse_mock.base_url`,
    `transport=bubblehouse_mock.transport()` (`async_transport()` for the asynchronous one),
    `shop=bubblehouse_mock.shop` and a key of `bubblehouse_mock.keys`. `configure(...)`, `control` and `state` shape it.
    """
    try:
        from bubblehouse_mock.mock import BubblehouseMock  # noqa: PLC0415 - see the module's docstring
    except ModuleNotFoundError as error:
        pytest.fail(f"{error.name} is not installed; run: pip install 'bubblehouse-loyalty[mock]'")
    return BubblehouseMock(strict=True)
