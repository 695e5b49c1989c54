"""Tokens: whatever is wrong with one, the call that it comes with is refused and changes nothing.

Each forgery is put in place of the token of a call that succeeded, with the rest of the request as it was.
"""

import base64
import time
from collections.abc import Callable

import pytest
from tests.contract.batteries.forgeries import FORGERIES, GENUINE, Forgery, Scope
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Operation
from tests.contract.proof.forger import Forger
from tests.contract.proof.recipes import ALL_KINDS
from tests.contract.proof.scene import NOBODY
from tests.contract.proof.target import CUSTOMER_KINDS, Control, Customer, Key, Secret, Target
from tests.contract.proof.wire import Sent, Wire, authorised

_REFUSED = (401, "invalid_token")
_OPERATIONS = tuple(contracts.load().operations.values())
_CALLS = [(operation, kind) for operation in _OPERATIONS for kind in operation.tokens]
_NOT_TAKEN = [(operation, kind) for operation in _OPERATIONS for kind in ALL_KINDS if kind not in operation.tokens]
_NEW_SECRET = Secret(base64.b64encode(b"the secret that comes after a rotation").decode())


def _name(call: tuple[Operation, str]) -> str:
    return f"{call[0].id}-{call[1]}"


def _possible(target: Target, operation: Operation, kind: str) -> None:
    if not target.can_mint(kind):
        pytest.skip("there is no key for this kind of token")
    if operation.kind == "write" and not target.bears_random_writes:
        pytest.skip("a forged write that is let through could not be taken back")
    if operation.method == "GET" and target.control is None:
        pytest.skip("one verb of a function is enough where calls are limited")


@pytest.fixture(scope="module", params=_CALLS, ids=_name)
def success(request: pytest.FixtureRequest, wire: Wire) -> Sent:
    """A call that just succeeded."""
    operation, kind = request.param
    _possible(wire.target, operation, kind)
    sent = wire.prepare(operation, kind)
    answer = wire.send(sent.request, operation)
    assert answer.status == 200, answer.body
    return sent


def _scope(wire: Wire, sent: Sent) -> Scope:
    target = wire.target
    key = target.key(sent.kind)
    secrets = {it.id: base64.b64decode(it.secret) for it in target.keys.values()}
    sub = f"{target.shop}/{sent.actor.shopid}" if sent.kind in CUSTOMER_KINDS else target.shop
    return Scope(
        forger=Forger(secrets, key.id, sub, int(time.time())),
        shop=target.shop,
        actor=sent.actor,
        other=wire.scene.other or Customer(NOBODY),
        others=[it for it in secrets if it != key.id],
    )


def _standing(wire: Wire, sent: Sent) -> object:
    """Return all that a call could have changed: the balance, and the whole state where it can be seen."""
    if sent.operation.kind == "read" and wire.target.control is None:
        return None
    return wire.balance(sent.actor), wire.target.control and wire.target.control.state()


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_a_forgery_is_refused_and_changes_nothing(forgery: Forgery, success: Sent, wire: Wire) -> None:
    scope, stranger = _scope(wire, success), wire.target.control is None
    if forgery.needs_key and not scope.others:
        pytest.skip("there is only one key")
    if stranger and (forgery.assumed or (forgery.error != _REFUSED and scope.other.shopid == NOBODY)):
        pytest.skip("the refusal is an assumption, or takes a second customer")
    before = _standing(wire, success)
    forged = wire.send(authorised(success.request, *forgery.headers(scope)), success.operation)
    assert forged.error == forgery.error, forged.body
    assert _standing(wire, success) == before, "a refused call must change nothing"


@pytest.mark.parametrize("name", GENUINE)
@pytest.mark.parametrize("call", _CALLS, ids=_name)
def test_a_token_of_another_form_is_as_good(name: str, call: tuple[Operation, str], wire: Wire) -> None:
    make, assumed = GENUINE[name]
    _possible(wire.target, *call)
    if assumed and wire.target.control is None:
        pytest.skip("that it is accepted is an assumption")
    sent = wire.prepare(*call)
    answer = wire.send(authorised(sent.request, f"Bearer {make(_scope(wire, sent))}"), sent.operation)
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("call", _NOT_TAKEN, ids=_name)
def test_a_kind_that_the_operation_does_not_list_is_refused(call: tuple[Operation, str], wire: Wire) -> None:
    operation, kind = call
    _possible(wire.target, operation, kind)
    sent = wire.prepare(operation, kind)
    before = _standing(wire, sent)
    answer = wire.send(sent.request, operation)
    assert answer.error == _REFUSED, answer.body
    assert _standing(wire, sent) == before


def _revoke(wire: Wire, control: Control, kind: str) -> None:
    control.revoke_key(wire.target.key(kind).id)


def _rotate(wire: Wire, control: Control, kind: str) -> None:
    control.set_key(Key(wire.target.key(kind).id, _NEW_SECRET), wire.target.owner(kind))


def _hand_over(wire: Wire, control: Control, kind: str) -> None:
    """Give the key to somebody who may not call this operation with it."""
    control.set_key(wire.target.key(kind), "partner" if wire.target.owner(kind) == "shop" else "shop")


def _outlive(wire: Wire, control: Control, kind: str) -> None:
    del wire, kind
    control.advance(86_400)


@pytest.mark.parametrize("end", [_revoke, _rotate, _outlive], ids=["revoked", "rotated", "outlived"])
@pytest.mark.parametrize("call", _CALLS, ids=_name)
def test_a_token_that_was_good_ends(
    call: tuple[Operation, str], end: Callable[[Wire, Control, str], None], wire: Wire, control: Control
) -> None:
    operation, kind = call
    sent = wire.prepare(operation, kind)
    assert wire.send(sent.request, operation).status == 200
    end(wire, control, kind)
    before = control.state()
    for _ in range(2):
        assert wire.send(sent.request, operation).error == _REFUSED
    assert control.state() == before
    control.reset()


@pytest.mark.parametrize("kind", ["CustomerToken", "ShopToken"])
def test_a_key_that_changes_hands_changes_its_tokens(kind: str, wire: Wire, control: Control) -> None:
    operation = wire.contract.operations["CustomerBalance3"]
    sent = wire.prepare(operation, kind)
    assert wire.send(sent.request, operation).status == 200
    _hand_over(wire, control, kind)
    assert wire.send(sent.request, operation).error == _REFUSED
    control.reset()
    assert wire.send(sent.request, operation).status == 200


def test_a_key_signs_anew_after_its_rotation(wire: Wire, control: Control) -> None:
    operation = wire.contract.operations["CustomerBalance3"]
    sent = wire.prepare(operation, "ShopToken")
    _rotate(wire, control, "ShopToken")
    scope = _scope(wire, sent)
    renewed = scope.forger.make(secret=base64.b64decode(_NEW_SECRET))
    assert wire.send(authorised(sent.request, f"Bearer {renewed}"), operation).status == 200
    control.reset()
    assert wire.send(authorised(sent.request, f"Bearer {renewed}"), operation).error == _REFUSED
