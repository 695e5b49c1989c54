"""A mutant in force, and what its witness sees."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cache

import pytest
from tests.mutants.door import Answer, Door
from tests.mutants.mutant import Apply, Witness

from bubblehouse_mock import conformance
from bubblehouse_mock.stages import tokens
from bubblehouse_mock.stages.signatures import SignedTokens


@contextmanager
def applied(*changes: Apply) -> Iterator[None]:
    """Let changes be in force. Without any, all is as the originals are to be seen.

    The mock's own strict mode is off: servers elsewhere have none, and it would do the layers' work. And tokens that
    were accepted under one mutant are not known under another.
    """
    with pytest.MonkeyPatch.context() as patch:
        _forget_results()
        patch.setattr(conformance, "check", lambda *_: None)
        patch.setattr(tokens, "_SIGNED", SignedTokens())
        for change in changes:
            change(patch)
        _forget_results()
        yield
    _forget_results()


def _forget_results() -> None:
    """Forget what the mock worked out before and keeps for calls that come again."""
    for it in _memories(len(sys.modules)):
        it.cache_clear()


@cache
def _memories(_modules: int) -> "list[_lru_cache_wrapper[object]]":
    """Return the mock's functions that keep results. They are looked for again where more modules are loaded."""
    mocks = [module for name, module in sys.modules.items() if name.startswith("bubblehouse_mock.")]
    found = [it for module in mocks for it in vars(module).values() if isinstance(it, _lru_cache_wrapper)]
    return [it for it in found if it.cache_parameters()["maxsize"]]


def outcome(witness: Witness, *changes: Apply) -> tuple[object, list[Answer]]:
    """Return what a witness sees while changes are in force."""
    with applied(*changes):
        door = Door()
        seen = witness(door)
        return repr(seen), door.answers
