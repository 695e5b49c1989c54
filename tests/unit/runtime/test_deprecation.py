"""The decorator of deprecated methods. What checkers make of it is tested with generated code."""

import asyncio
import inspect
import sys

import pytest

from bubblehouse.deprecation import warns_once


def test_the_first_call_warns_whichever_method_it_is_of() -> None:
    mark = warns_once("test_the_first_call is deprecated")

    @mark
    def double(number: int) -> int:
        """Return twice the number."""
        return 2 * number

    @mark
    async def triple(number: int) -> int:
        return 3 * number

    with pytest.warns(DeprecationWarning, match="^test_the_first_call is deprecated$") as told:
        call = triple(2)
    assert [it.filename for it in told] == [__file__]
    assert asyncio.run(call) == 6
    assert double(2) == 4  # warnings are errors here
    assert (double.__name__, double.__doc__) == ("double", "Return twice the number.")
    assert inspect.iscoroutinefunction(triple) is (sys.version_info >= (3, 12))
    assert not inspect.iscoroutinefunction(double)


def test_a_warning_that_is_an_error_is_raised_once_and_nothing_is_called() -> None:
    called: list[int] = []
    method = warns_once("test_an_error is deprecated")(called.append)
    with pytest.raises(DeprecationWarning):
        method(1)
    method(2)
    assert called == [2]
