"""Which links were followed, by whichever layer: a value of one success stands in a later one."""

import json
from collections import defaultdict
from typing import Any

from tests.contract.proof.contract import Contract, Json, Operation

_REQUEST, _RESPONSE = "$request.body#/", "$response.body#/"


class Flows:
    """Remembers what successes handed on, and who took it.

    Args:
        contract: Its links.
    """

    def __init__(self, contract: Contract) -> None:
        self._links = {
            str(link): (link.source, link.target, _link(contract, link.source, link.name)["requestBody"])
            for link in contract.links
        }
        self._handed: dict[str, set[str]] = defaultdict(set)
        self.followed: dict[str, int] = dict.fromkeys(self._links, 0)

    def note(self, operation: Operation, sent: Any, answer: Any) -> None:
        """Look at a success."""
        for name, (source, target, body) in self._links.items():
            if operation.id == target and isinstance(sent, dict):
                self.followed[name] += _told({key: sent.get(key) for key in body}) in self._handed[name]
            if operation.id == source:
                handed = {key: _value(expression, sent, answer) for key, expression in body.items()}
                if any(value is not None for value in handed.values()):
                    self._handed[name].add(_told(handed))


def _link(contract: Contract, source: str, name: str) -> Json:
    links: Json = contract.response(source, 200)["links"]
    link: Json = links[name]
    return link


def _value(expression: Any, sent: Any, answer: Any) -> Any:
    if not isinstance(expression, str):
        return expression
    for prefix, body in ((_REQUEST, sent), (_RESPONSE, answer)):
        if expression.startswith(prefix):
            return body.get(expression.removeprefix(prefix)) if isinstance(body, dict) else None
    return expression


def _told(values: Json) -> str:
    return json.dumps(values, sort_keys=True)
