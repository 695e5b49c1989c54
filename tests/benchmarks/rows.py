"""All that is measured."""

from typing import Final

from tests.benchmarks.client_rows import CLIENT
from tests.benchmarks.mock_rows import MOCK

SECTIONS: Final = (CLIENT, MOCK)
