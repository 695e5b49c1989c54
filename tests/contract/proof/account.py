"""The test customer's account at a shop of somebody else's: it is left as it was found."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contract.proof.stopping import whole
from tests.contract.proof.target import Target
from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.owed import Debt, give_back, load
from tests.contract.proof.watch.secrets import hide_token
from tests.contract.proof.watch.tap import tapped

from bubblehouse_loyalty import CustomerIdentity1, LoyaltyClient, errors

_TIMEOUT = 15.0  # seconds
_ATTEMPTS = 3
_APART = 1.0  # seconds


class AccountError(Exception):
    """The account can't be used; the message says why."""


class Account:
    """One customer.

    Args:
        target: The server.
        owed: The file of what is owed.
    """

    def __init__(self, target: Target, owed: Path) -> None:
        self._target = target
        self._owed = owed
        self._customer = target.customers[0].shopid

    def points(self) -> tuple[int, int]:
        """Return the points that can be spent, and those that were.

        Raises:
            AccountError: They can't be read.
        """
        try:
            with self._client() as client:
                balance = client.customer_balance_3(customer=CustomerIdentity1(shopid=self._customer))
        except errors.BubblehouseError as error:
            raise AccountError(f"the balance of the test customer can't be read: {error}") from None
        return balance.pts_available, balance.pts_redeemed

    def settle(self) -> list[str]:
        """Give back what this run owes, or an earlier one that was killed, and tell what can't be given back."""
        if not load(self._owed):
            return []
        with self._client() as client:
            still = give_back(self._owed, lambda debt: self._undo(client, debt))
        return [self._told(debt) for debt in still]

    def _told(self, debt: Debt) -> str:
        what = f"redemption {debt.change_bhid}" if debt.change_bhid else "a redemption whose answer was lost"
        return (
            f"{what} of customer {debt.customer} at {debt.url} ({debt.shop}) is not given back; look for it in the "
            f"shop's console, undo it there, and delete {self._owed}"
        )

    def _undo(self, client: LoyaltyClient, debt: Debt) -> bool:
        if (debt.url, debt.shop) != (self._target.base_url, self._target.shop):
            return False
        for _ in range(_ATTEMPTS):  # where an answer is lost; undoing twice is refused, so no harm is done
            try:
                client.unredeem_1(customer=CustomerIdentity1(shopid=debt.customer), change_bhid=debt.change_bhid)
            except errors.ChangeAlreadyRevertedError:
                return True
            except errors.OutcomeUnknownError:
                continue
            except errors.BubblehouseError:
                return False
            return True
        return False

    def _client(self) -> LoyaltyClient:
        key = self._target.key("ShopToken")
        return LoyaltyClient(
            shop=self._target.shop,
            key_id=key.id,
            secret=key.secret,
            base_url=self._target.base_url,
            timeout=_TIMEOUT,
            max_retries=_ATTEMPTS,
            rate_limits=True,
        )


@contextmanager
def left_as_found(target: Target, owed: Path, problems: list[str]) -> Iterator[None]:
    """Leave an account as it was, whatever happens within the context and whoever ends it.

    Args:
        target: A server without a control plane.
        owed: The file of what is owed.
        problems: What went wrong is added here before the context is left.

    Raises:
        AccountError: The account can't be used.
    """
    account = Account(target, owed)
    with tapped(target.base_url, _unseen):
        yield from _kept(account, target, owed, problems)


@contextmanager
def _unseen(exchange: Exchange) -> Iterator[None]:
    """Let no server bring our own tokens back to the light."""
    hide_token(exchange.token)
    yield


def _kept(account: Account, target: Target, owed: Path, problems: list[str]) -> Iterator[None]:
    if load(owed):
        if not target.writes:
            raise AccountError(f"an earlier run owes points ({owed}); let this one give them back: --allow-writes")
        if still := account.settle():
            raise AccountError("; ".join(still))
    before = None
    try:
        before = account.points()
    except AccountError as error:
        if target.writes:  # who knows what would be owed
            raise
        problems.append(str(error))
    try:
        yield
    finally:
        with whole():
            time.sleep(_APART)  # from the last call of the process that has just ended
            problems += [*account.settle(), *_compared(account, before)]


def _compared(account: Account, before: tuple[int, int] | None) -> list[str]:
    if before is None:
        return []
    try:
        after = account.points()
    except AccountError as error:
        return [f"whether all points are back is not known: {error}"]
    if after == before:
        return []
    told = "{} points to spend and {} spent"
    return [f"the test customer had {told.format(*before)} before the run, and {told.format(*after)} after it"]
