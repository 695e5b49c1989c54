"""What a token allows: a kind of call, for the shop or for one of its customers."""

from dataclasses import dataclass

from bubblehouse_mock.state import Key


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows.

    Args:
        kind: The kind of the token, as the contract's security schemes name it.
        shopid: The id, in the shop system, of the customer it stands for; None for the shop itself.
        email: The customer's email address, where the token has it; "" otherwise.
        key_id: The key that signed it; "" where there is no token.
    """

    kind: str
    shopid: str | None = None
    email: str = ""
    key_id: str = ""


def kind_of(key: Key, *, is_customer: bool) -> str:
    """Return the kind of the tokens that a key signs, for a customer or for the shop."""
    if key.kind == "shop":
        return "CustomerToken" if is_customer else "ShopToken"
    return "PartnerTokenForCustomer" if is_customer else "PartnerTokenForShop"
