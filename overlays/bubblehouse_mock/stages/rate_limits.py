"""Are there too many calls? Counted per customer and per shop, per second and per day, reads apart from writes."""

from collections.abc import Iterator
from datetime import datetime

from bubblehouse_mock.contract import Contract, Operation
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.state import Shop
from bubblehouse_mock.state.calls import Quota


def admit(operation: Operation, subjects: dict[str, str], shop: Shop, contract: Contract, now: datetime) -> None:
    """Count a call.

    Args:
        operation: What is called.
        subjects: Whose calls are counted, by scope: `shop`, `customer`, or both.
        shop: The shop.
        contract: Its rate limits hold where the shop's settings have no others.
        now: The present moment.

    Raises:
        RefusalError: rate_limit_exceeded, with `Retry-After` in whole seconds.
    """
    if not shop.settings.rate_limits_enabled:
        return
    refused = shop.calls.admit(_quotas(operation.kind, subjects, shop, contract), now)
    if refused is not None:
        quota, wait = refused
        raise RefusalError(
            "rate_limit_exceeded",
            f"You are over the {quota.kind} limit per {quota.period} for this {quota.scope}",
            headers=(("retry-after", str(wait)),),
        )


def _quotas(kind: str, subjects: dict[str, str], shop: Shop, contract: Contract) -> Iterator[Quota]:
    own = (shop.settings.rate_limits or {}).get(kind, {})
    for limit in contract.rate_limits.get(kind, ()):
        if limit.scope in subjects:
            calls = own.get(f"per_{limit.period}", {}).get(limit.scope, limit.calls)
            yield Quota(limit.scope, subjects[limit.scope], kind, limit.period, calls)
