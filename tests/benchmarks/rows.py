"""All that is measured."""

from typing import Final

from tests.benchmarks.client_rows import CLIENT

SECTIONS: Final = (CLIENT,)
