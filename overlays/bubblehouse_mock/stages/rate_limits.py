"""Are there too many calls? Counted per customer and per shop, per second and per day, reads apart from writes."""

from collections.abc import Iterator
from datetime import datetime

from bubblehouse_mock.contract import Contract, Operation
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.state import Customer, Shop
from bubblehouse_mock.state.calls import Exhausted, Quota


def admit(operation: Operation, shop: Shop, customer: Customer | None, contract: Contract, now: datetime) -> float:
    """Count a call, and return the seconds that its answer is late.

    What comes too fast is let through later, at a moment when there is room. The mock works on it at once, in the order
    in which calls came, and only keeps the answer back: whoever called can't tell the difference.

    Args:
        operation: What is called.
        shop: Whose calls are counted.
        customer: Whose calls are counted beside the shop's, where that is known.
        contract: Its rate limits hold where the shop's settings have no others.
        now: The present moment.

    Raises:
        RefusalError: rate_limit_exceeded, with `Retry-After` in whole seconds.
    """
    settings = shop.settings
    if not settings.rate_limits_enabled:
        return 0.0
    subjects = {"shop": shop.slug} | ({} if customer is None else {"customer": customer.bhid})
    quotas = list(_quotas(operation.kind, subjects, shop, contract))
    booking = shop.calls.admit(quotas, now, settings.rate_limit_delay)
    if isinstance(booking, Exhausted):
        quota = booking.quota
        raise RefusalError(
            "rate_limit_exceeded",
            f"You are over the {quota.kind} limit per {quota.period} for this {quota.scope}",
            headers=(("retry-after", str(booking.retry_after)),),
        )
    shop.count_call(booking)
    return booking.delay


def _quotas(kind: str, subjects: dict[str, str], shop: Shop, contract: Contract) -> Iterator[Quota]:
    own = (shop.settings.rate_limits or {}).get(kind, {})
    for limit in contract.rate_limits.get(kind, ()):
        if limit.scope in subjects:
            calls = own.get(f"per_{limit.period}", {}).get(limit.scope, limit.calls)
            yield Quota(limit.scope, subjects[limit.scope], kind, limit.period, calls)
