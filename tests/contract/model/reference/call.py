"""A call as the model sees it, before any client has made a request of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token.

    Attributes:
        kind: As the contract's security schemes name it.
        holder: The shopid of the customer that it stands for; None where it stands for the shop.
        key_id: The key that it names.
        email: The address that it names the customer by as well; empty for none.
        flaw: What is wrong with it whatever the time: empty for nothing.
        issued_at: Since when it is good; None where it says nothing of that.
        expires_at: When it ends; None where it says nothing of that.
    """

    kind: str
    holder: str | None
    key_id: str
    email: str = ""
    flaw: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call.

    Attributes:
        function: What is called.
        arguments: Its arguments, without `customer`.
        customer: Who is named in the call; None for nobody.
        token: The token.
        version: The global API version.
        flaw: The error id that the form of the request deserves; empty for none.
        verb: GET for the twin of a call that reads.
    """

    function: str
    token: Token
    version: str
    arguments: Json = field(default_factory=dict)
    customer: Json | None = None
    flaw: str = ""
    verb: str = "POST"
