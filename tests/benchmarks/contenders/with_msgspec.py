"""msgspec structs that datamodel-code-generator makes of the same contract: money and times stay strings."""

from collections.abc import Callable
from pathlib import Path

from msgspec.json import Decoder
from msgspec_models import CustomerBalanceResult3


def decode(file: str) -> Callable[[], object]:
    """Return what decodes the file's content."""
    content = Path(file).read_bytes()
    decoder = Decoder(CustomerBalanceResult3)
    return lambda: decoder.decode(content).pts_available
