"""Which customer is meant? What the token says, what `customer` says, and whether the two agree."""

from collections.abc import Callable, Mapping
from typing import Final

from bubblehouse_mock.jsontext import JsonValue
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.stages.grants import Grant
from bubblehouse_mock.state import Customer, Shop


def identify(shop: Shop, grant: Grant, identity: JsonValue) -> Customer:
    """Return the customer that a call is about.

    Args:
        shop: Whose customers.
        grant: What the token allows.
        identity: The input's `customer`; None where it has none.

    Raises:
        RefusalError: One of the five refusals about the customer's identity.
    """
    named = _named(identity)
    if grant.shopid is not None:
        customer = of_token(shop, grant)
        if customer is None:
            raise RefusalError("no_customers_match_customer_identity", "Nobody knows the customer in the token's sub")
        if _contradicts(customer, named) or any(it is not customer for it in _matches(shop, named)):
            raise RefusalError("customer_identity_does_not_match_token")
        return customer
    if identity is None:
        raise RefusalError("missing_customer_identity")
    if not named:
        raise RefusalError("empty_customer_identity")
    found = _matches(shop, named)
    if not found:
        raise RefusalError("no_customers_match_customer_identity")
    if found.count(found[0]) < len(found) or _contradicts(found[0], named):
        raise RefusalError("customer_identity_partially_mismatches_matched_customer")
    return found[0]


def of_token(shop: Shop, grant: Grant) -> Customer | None:
    """Return the customer that a token stands for.

    The id in `sub` decides. The email in `ce` only helps where nobody has that id: it then finds a customer whom the
    shop system has given none yet.
    """
    if grant.shopid is None:
        return None
    customer = shop.by_shopid(grant.shopid)
    if customer is None and grant.email:
        customer = shop.by_email(grant.email)
        customer = None if customer is None or customer.shopid else customer
    return customer


def _named(identity: JsonValue) -> dict[str, str]:
    """Return the ids that are given; an empty one is not."""
    if not isinstance(identity, dict):
        return {}
    return {name: value for name, value in identity.items() if name in _FIND and isinstance(value, str) and value}


def _matches(shop: Shop, named: dict[str, str]) -> list[Customer]:
    return [it for name, value in named.items() if (it := _FIND[name](shop, value)) is not None]


def _contradicts(customer: Customer, named: dict[str, str]) -> bool:
    """Tell whether an id differs from the stored one. Where none is stored, nothing is contradicted."""
    for name, value in named.items():
        stored: str = getattr(customer, name)
        if stored and stored != value and (name != "email" or stored.casefold() != value.casefold()):
            return True
    return False


_FIND: Final[Mapping[str, Callable[[Shop, str], Customer | None]]] = {
    "bhid": lambda shop, bhid: shop.customers.get(bhid),
    "shopid": Shop.by_shopid,
    "email": Shop.by_email,
}
