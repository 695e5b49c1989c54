"""Changes of a shop, done again from what was written down of them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias, TypeVar, cast

from bubblehouse_mock.jsontext import JsonObject, JsonValue
from bubblehouse_mock.state.calls import Booking
from bubblehouse_mock.state.customer import Coupon, CouponStatus, Customer, Ownership
from bubblehouse_mock.state.decoding import NEVER, decode
from bubblehouse_mock.state.keys import Key
from bubblehouse_mock.state.ledger import Change
from bubblehouse_mock.state.log import Record
from bubblehouse_mock.state.settings import Settings
from bubblehouse_mock.state.shop import Shop

T = TypeVar("T")


_Replay: TypeAlias = Callable[[Shop, str, JsonValue], object]


def replay(shop: Shop, record: Record) -> None:
    """Do a change of a shop again."""
    _REPLAYS[record.action](shop, record.subject, record.data)


def _read(cls: type[T], data: JsonValue) -> T:
    return decode(cls, data, now=NEVER)


def _set_code_status(shop: Shop, bhid: str, data: JsonValue) -> None:
    given = cast("JsonObject", data)
    shop.set_code_status(shop.customers[bhid], str(given["code"]), cast("CouponStatus", given["status"]))


def _use_achievement(shop: Shop, bhid: str, data: JsonValue) -> None:
    given, customer = cast("JsonObject", data), shop.customers[bhid]
    ownership = customer.achievements[cast("int", given["index"])]
    shop.use_achievement(customer, ownership, datetime.fromisoformat(str(given["at"])))


_REPLAYS: Final[Mapping[str, _Replay]] = {
    "settings": lambda shop, _, data: shop.configure(_read(Settings, data)),
    "key": lambda shop, _, data: shop.set_key(_read(Key, data)),
    "customer": lambda shop, _, data: shop.add_customer(_read(Customer, data)),
    "points": lambda shop, bhid, data: shop.grant_points(shop.customers[bhid], _read(Change, data)),
    "code": lambda shop, bhid, data: shop.issue_code(shop.customers[bhid], _read(Coupon, data)),
    "code_status": _set_code_status,
    "achievement": lambda shop, bhid, data: shop.grant_achievement(shop.customers[bhid], _read(Ownership, data)),
    "achievement_used": _use_achievement,
    "call": lambda shop, _, data: shop.count_call(_read(Booking, data)),
}
