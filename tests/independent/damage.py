"""Exchanges that are wrong on purpose: a judge that finds nothing in them finds nothing at all."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.contract.proof import contract as contracts
from tests.independent.traffic import Exchange

_WRONG_BODY = json.dumps({"customer": "1001", "pts": 100, "change_bhid": "x", "achievement_bhid": "x"})
_WRONG_QUERY = "include_full_program=perhaps"


def wrong_answers(exchanges: Sequence[Exchange]) -> Iterator[Exchange]:
    """Leave out each required property of each operation's success, rename each error, send each as HTML."""
    for exchange in _one_each(exchanges):
        body = json.loads(exchange.answer)
        yield replace(exchange, answer_headers=(("content-type", "text/html"),))
        if exchange.status != 200:
            yield exchange.answered(exchange.status, {**body, "id": "made_up"})
            continue
        for name in _required(exchange):
            yield exchange.answered(200, {key: value for key, value in body.items() if key != name})


def wrongly_accepted(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return successes that answer what no operation takes, or whom none answers."""
    successes = _successes(exchanges)
    unknown = [
        replace(it, headers=tuple(pair for pair in it.headers if pair[0] != "authorization")) for it in successes
    ]
    wrong = [replace(it, body=_WRONG_BODY) if it.body else replace(it, query=_WRONG_QUERY) for it in successes]
    return [*unknown, *wrong]


def wrongly_refused(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return refusals of what operations take."""
    return [it.answered(400, {"id": "invalid_request"}) for it in _successes(exchanges)]


def _one_each(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return the first exchange of each operation and status."""
    found: dict[tuple[str, int], Exchange] = {}
    for exchange in exchanges:
        operation = exchange.operation
        if operation is not None and exchange.method == operation.method:
            found.setdefault((operation.id, exchange.status), exchange)
    return list(found.values())


def _successes(exchanges: Sequence[Exchange]) -> list[Exchange]:
    return [it for it in _one_each(exchanges) if it.status == 200]


def _required(exchange: Exchange) -> list[str]:
    contract, operation = contracts.load(), exchange.operation
    assert operation is not None
    documented = contract.response(operation.id, exchange.status)
    required: list[str] = contract.resolve(documented["content"]["application/json"]["schema"])["required"]
    return required
