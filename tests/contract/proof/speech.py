"""What properties are called in a global version, for tests that speak of them by their general names."""

import json
from typing import Any, cast

from schemathesis import Case
from tests.contract.proof.contract import Contract, Json

from bubblehouse.dialect import renamed
from bubblehouse_codegen.versions.shapes import Shapes


class Speech:
    """Translates generated calls and their answers.

    Args:
        general: The contract of the default version, whose names are the general ones.
        version: The contract of the version that is called.
    """

    def __init__(self, general: Contract, version: Contract) -> None:
        shapes = Shapes(general.document, version.document)
        self._tables = shapes.tables()
        differing = shapes.with_other_names()
        self._inputs = {function: name for function, name in shapes.inputs.items() if name in differing}
        self._outputs = {function: name for function, name in shapes.outputs.items() if name in differing}

    def generalise(self, case: Case[Any]) -> None:
        """Give the arguments of a case their general names."""
        self._translate(case, back=True)

    def specialise(self, case: Case[Any]) -> None:
        """Give the arguments of a case the version's names."""
        self._translate(case, back=False)

    def input(self, function: str, given: Json, *, back: bool = False) -> Json:
        """Return an input with the version's names; or one that has them, with general ones."""
        return self._renamed(given, self._inputs.get(function), back=back)

    def answer(self, function: str, answer: Json) -> Json:
        """Return a successful answer with general names."""
        return self._renamed(answer, self._outputs.get(function), back=True)

    def _translate(self, case: Case[Any], *, back: bool) -> None:
        name = self._inputs.get(case.operation.path.rpartition("/")[2])
        if name is None:
            return
        if isinstance(case.body, dict):
            case.body = self._renamed(case.body, name, back=back)
        elif case.query:
            case.query = {
                key: json.dumps(it) if isinstance(it, dict | list) else it
                for key, it in self._renamed(
                    {key: _read(it) for key, it in case.query.items()}, name, back=back
                ).items()
            }

    def _renamed(self, value: Json, name: str | None, *, back: bool) -> Json:
        return value if name is None else cast("Json", renamed(value, name, self._tables, back=back))


def _read(text: object) -> object:
    try:
        value: object = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text
