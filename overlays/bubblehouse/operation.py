"""What generated code tells the runtime of a function of the API; hand-written code knows no function."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

from bubblehouse.answer import ApiObject

if TYPE_CHECKING:
    from bubblehouse.errors import APIError

OutputT = TypeVar("OutputT", bound=ApiObject)

Kind = Literal["read", "write"]


class Operation(NamedTuple, Generic[OutputT]):
    """One function of the API, as data.

    Attributes:
        name: The function's name with its version, which is also the last segment of its path: `RedeemPoints1`.
        kind: Whether a call changes anything. It decides what may be retried.
        output: The model of a successful answer.
        error_module: The module that has the classes named in `error_names`; imported when the first error comes.
        error_names: (status, error id) to the name of its exception class.
        tokens: The kinds of token the function accepts, as the contract's security schemes name them.
        outcome_read_by: The read function that tells whether a write was applied, where there is one.
        docs_url: The vendor's page.
    """

    name: str
    kind: Kind
    output: type[OutputT]
    error_module: str
    error_names: Mapping[tuple[int, str], str]
    tokens: tuple[str, ...]
    docs_url: str
    outcome_read_by: str | None = None

    def error_class(self, status: int, error_id: str) -> "type[APIError] | None":
        """Return the exception class documented for a status and an error id, or None where there is none."""
        name = self.error_names.get((status, error_id))
        return None if name is None else self._load(name)

    @property
    def error_classes(self) -> "tuple[type[APIError], ...]":
        """Every exception class that the contract documents for this function."""
        return tuple(self._load(name) for name in self.error_names.values())

    def _load(self, name: str) -> "type[APIError]":
        loaded: type[APIError] = getattr(import_module(self.error_module), name)
        return loaded
