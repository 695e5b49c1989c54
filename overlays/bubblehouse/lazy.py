"""Packages that cost nothing to import: a name is loaded from its module when it is first asked for."""

import sys
from importlib import import_module

TYPE_CHECKING = False  # what is imported here, everybody pays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType


def lazy_exports(
    package: str, modules: "Mapping[str, str]", *, extra: str = ""
) -> "tuple[Callable[[str], object], Callable[[], list[str]]]":
    """Return `__getattr__` and `__dir__` for a package's `__init__.py`.

    Args:
        package: The package's `__name__`.
        modules: Each exported name, and the module it lives in (`.client`, or an absolute name). A name that is a
            module itself is given its own address.
        extra: The extra that the modules need; "" for none.
    """

    def load(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = _imported(modules[name], package, extra)
        is_module = module.__name__.rpartition(".")[2] == name and not hasattr(module, name)
        value: object = module if is_module else getattr(module, name)
        setattr(sys.modules[package], name, value)  # the next access doesn't come here
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return load, names


def _imported(address: str, package: str, extra: str) -> "ModuleType":
    try:
        return import_module(address, package)
    except ModuleNotFoundError as error:
        if not extra or (error.name or "bubblehouse").startswith("bubblehouse"):
            raise
        message = f"{error.name} is not installed; run: pip install 'bubblehouse-loyalty[{extra}]'"
        raise ModuleNotFoundError(message, name=error.name) from error
