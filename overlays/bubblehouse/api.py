"""What generated code tells the runtime of an API as a whole."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from bubblehouse.operation import Kind, Operation
from bubblehouse.untyped import JsonObject

if TYPE_CHECKING:
    from bubblehouse.dialect import Dialect

_NONE: Final[Mapping[Any, Any]] = MappingProxyType({})

Scope = Literal["customer", "shop"]
Period = Literal["second", "day"]


class RateLimit(NamedTuple):
    """How many calls are allowed.

    Attributes:
        kind: Which calls are counted: "read" or "write".
        scope: Whose: those of each "customer", or of the whole "shop".
        period: In which time: any "second", or each "day" of UTC.
        calls: How many, from 1 up.
    """

    kind: Kind
    scope: Scope
    period: Period
    calls: int

    def __str__(self) -> str:
        return f"{self.calls:,} {self.kind}s per {self.period} and {self.scope}"


class Api(NamedTuple):
    """The constants of one API, given by its generated client.

    Attributes:
        base_url: Where it is, up to the global version.
        version: The global version that is called unless told otherwise.
        versions: Every global version that the contract knows.
        env_prefix: What the names of its environment variables begin with, without the underscore.
        user_agent: What calls say they come from.
        package: The package that was generated.
        functions: The functions that the contract knows, and the module in the package that describes each.
        errors: (status, error id) to the name of an exception class of the package, for those that any function may
            answer.
        rate_limits: How many calls the contract allows.
        dialects: The global versions that aren't as generated code says, and the module in the package that tells how.
    """

    base_url: str
    version: str
    versions: tuple[str, ...]
    env_prefix: str
    user_agent: str = "bubblehouse-python"
    package: str = "bubblehouse"
    functions: Mapping[str, str] = _NONE
    errors: Mapping[tuple[int, str], str] = _NONE
    rate_limits: tuple[RateLimit, ...] = ()
    dialects: Mapping[str, str] = _NONE

    def dialect(self, version: str) -> "Dialect | None":
        """Return how a global version differs from what generated code says, or None where it doesn't.

        Args:
            version: The version. The contract need not know it.
        """
        module = self.dialects.get(version)
        return None if module is None else cast("Dialect", import_module(module, self.package).DIALECT)

    def operation(self, function: str, kind: Kind | None) -> Operation[JsonObject]:
        """Return a function as an operation on JSON objects.

        Args:
            function: The function's name. The contract need not know it.
            kind: Whether it changes anything; counts only where the contract can't tell, and then unless given it does.
        """
        module = self.functions.get(function)
        if module is None:
            return Operation(
                name=function,
                kind=kind or "write",
                output=JsonObject,
                error_module=f"{self.package}.errors",
                error_names=self.errors,
                tokens=(),
                docs_url="",
            )
        known = getattr(import_module(module, self.package), module.rpartition(".")[2].upper())
        return cast("Operation[Any]", known)._replace(output=JsonObject)
