"""The contract that the mock serves: its operations, versions, rate limits, and which status an error id has."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from jsonschema_rs import Validator

from bubblehouse_mock.contract.document import ContractError, ContractSource, Document
from bubblehouse_mock.contract.operations import ANONYMOUS, JSON, DocumentedError, Encoding, Operation, operations

__all__ = [
    "ANONYMOUS",
    "JSON",
    "Contract",
    "ContractError",
    "ContractSource",
    "DocumentedError",
    "Encoding",
    "Operation",
    "load",
]

# A refusal that comes before any operation is known has no place in the contract that could tell its status.
_OUTSIDE_OPERATIONS: Final = {
    "invalid_request": 400,
    "unknown_function": 404,
    "method_not_allowed": 405,
    "request_too_large": 413,
    "unsupported_media_type": 415,
}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many calls of one kind are allowed.

    Args:
        scope: Whose calls are counted: `customer` or `shop`.
        period: In which time: `second` or `day`.
        calls: How many.
    """

    scope: str
    period: str
    calls: int


class Contract:
    """A resolved OpenAPI document, compiled.

    Args:
        source: A file, a document, or None for the contract of the installed client.

    Raises:
        ContractError: It can't be read or lacks something that the mock needs.
    """

    def __init__(self, source: ContractSource = None) -> None:
        self.document = Document(source)
        self.functions: dict[str, dict[str, Operation]] = {}
        for operation in operations(self.document):
            self.functions.setdefault(operation.function, {})[operation.method] = operation
        self._error_validators: dict[str, Validator] = {}
        self.operations = [operation for verbs in self.functions.values() for operation in verbs.values()]
        self._errors = {error.id: error for operation in self.operations for error in operation.errors.values()}
        self._about_customers = {operation.function for operation in self.operations if operation.takes_customer}

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """The global API versions, the default one first."""
        servers = self.document.root.get("servers")
        variable = self.document.walk(servers[0] if isinstance(servers, list) else None, "variables", "version")
        choices = variable.get("enum")
        names = [str(name) for name in choices] if isinstance(choices, list) else []
        default = str(variable.get("default"))
        if default not in names:
            raise ContractError("the contract's first server has no `version` variable with an enum and a default")
        return (default, *(name for name in names if name != default))

    @cached_property
    def rate_limits(self) -> Mapping[str, tuple[RateLimit, ...]]:
        """The documented rate limits by kind of call, the shorter periods first."""
        limits = self.document.walk(self.document.root, "x-bubblehouse-rate-limits")
        return {
            kind: tuple(
                RateLimit(scope, period, calls)
                for period in ("second", "day")
                for scope, calls in self.document.walk(limits, kind, f"per_{period}").items()
                if isinstance(calls, int)
            )
            for kind in limits
        }

    @cached_property
    def of_versions(self) -> Mapping[str, "Contract"]:
        """The contracts of the global versions that have one of their own, beside this one."""
        found = {version: self.document.beside(f"versions/{version}.json") for version in self.versions}
        return {version: Contract(document) for version, document in found.items() if document is not None}

    def of(self, version: str) -> "Contract":
        """Return the contract of a global version.

        Args:
            version: The version.
        """
        return self.of_versions.get(version, self)

    @property
    def everything(self) -> list[Operation]:
        """The operations of all versions."""
        return [operation for it in (self, *self.of_versions.values()) for operation in it.operations]

    def takes_customer(self, function: str) -> bool:
        """Tell whether a function, by any of its verbs, is about a customer."""
        return function in self._about_customers

    def error_validator(self, error_id: str) -> Validator:
        """Return what the body of an error must be, wherever the contract has its schema.

        Raises:
            ContractError: It has none.
        """
        if error_id not in self._error_validators:
            for schema in self.document.walk(self.document.root, "components", "schemas").values():
                if self.document.walk(schema, "properties", "id").get("const") == error_id:
                    self._error_validators[error_id] = self.document.validator(self.document.node(schema), closed=True)
                    break
            else:
                raise ContractError(f"the contract has no schema of an error with the id {error_id!r}")
        return self._error_validators[error_id]

    def error(self, operation: Operation | None, error_id: str) -> DocumentedError:
        """Return what the contract says of an error id: its status above all.

        Args:
            operation: The operation that is refused, where it is known.
            error_id: The id. Where the operation documents another one in its place, that is it; what it doesn't
                document at all is looked up in all others.
        """
        documented = operation.errors.get(error_id) or operation.replacements.get(error_id) if operation else None
        documented = documented or self._errors.get(error_id)
        return documented or DocumentedError(error_id, _OUTSIDE_OPERATIONS.get(error_id, 422))


def load(source: ContractSource) -> Contract:
    """Return a contract; the installed client's own is compiled once for all mocks of a process.

    Raises:
        ContractError: It can't be read or lacks something that the mock needs.
    """
    return _own() if source is None else Contract(source)


@cache
def _own() -> Contract:
    return Contract()
