"""pydantic models that datamodel-code-generator makes of the same contract: money and times stay strings."""

from collections.abc import Callable
from pathlib import Path

from pydantic_models import CustomerBalanceResult3


def decode(file: str) -> Callable[[], object]:
    """Return what decodes the file's content."""
    content = Path(file).read_bytes()
    return lambda: CustomerBalanceResult3.model_validate_json(content).pts_available
