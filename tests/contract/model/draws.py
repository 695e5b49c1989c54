"""What a story does next, drawn with an eye on what matters in the model's present state: its edges."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Final, TypeVar

from tests.contract.model import world
from tests.contract.model.drivers import TOKEN_FLAWS
from tests.contract.model.reference import door, rules
from tests.contract.model.reference.call import Call, Json, Token
from tests.contract.model.reference.ledger import Ledger
from tests.contract.model.reference.limits import limit_of, spent
from tests.contract.model.reference.people import Person
from tests.contract.proof.scene import NOBODY
from tests.contract.proof.target import CUSTOMER_KINDS

T = TypeVar("T")

VERSION: Final = "v2023061"
OTHER_VERSION: Final = "v20230601"
_WRONG_VERSIONS: Final = ("v19990101", world.OBSOLETE_VERSION, world.INACCESSIBLE_VERSION)
NO_CHANGE: Final = "0000000000000000"
MOST_DICE: Final = 2**64 - 1
_MOST_POINTS: Final = 10**9
_AHEAD: Final = timedelta(seconds=10)  # the docs don't say whether a clock may be ahead by a hair
_ADDRESSES: Final = tuple(it["email"] for it in world.fixture("")["customers"] if "email" in it)
_FORMS: Final = ("invalid_request", "request_too_large", "unsupported_media_type")


def dice_of(number: int) -> Random:
    """Return what decides all that is drawn here: the same for the same number."""
    return Random(number)  # noqa: S311 - what a test does is no secret


def one_of(dice: Random, choices: Sequence[T]) -> T:
    """Draw one of several."""
    return choices[dice.randrange(len(choices))]


def sometimes(dice: Random, of: int) -> bool:
    """Draw whether something happens that happens once in so many times."""
    return dice.randrange(of) == 0


# ---- calls ----


def call(dice: Random, function: str, person: Person, arguments: Json, verb: str = "POST") -> Call:
    """Draw who calls for a customer, and how the customer is named. Nothing is wrong with it."""
    kinds = door.KINDS[function]
    if not (person.ids["shopid"] or person.ids["email"]):
        kinds = tuple(kind for kind in kinds if kind not in CUSTOMER_KINDS)
    kind = one_of(dice, kinds)
    known = {name: value for name, value in person.ids.items() if value}
    # An id that the shop doesn't have of somebody contradicts nothing.
    ids = {name: value or f"{person.name}-else" for name, value in person.ids.items()}
    loud = {"email": person.ids["email"].upper()}
    names: list[Json | None] = [*({name: value} for name, value in known.items()), known, ids]
    if person.ids["email"]:
        names += [loud, known | loud]
    holder = ids["shopid"] if kind in CUSTOMER_KINDS else None
    if holder is not None:
        names = [None, None, dict.fromkeys(person.ids, ""), *names]
    return Call(
        function=function,
        token=Token(kind=kind, holder=holder, key_id=_key(kind), email=_address(dice, person) if holder else ""),
        version=VERSION if not sometimes(dice, 4) else OTHER_VERSION,
        arguments=arguments,
        customer=one_of(dice, names),
        verb=verb,
    )


def _address(dice: Random, person: Person) -> str:
    """Draw what a token says of a customer's address: what is needed, or at times what says nothing beside the id."""
    if person.ids["shopid"]:
        return one_of(dice, _ADDRESSES) if sometimes(dice, 4) else ""
    return one_of(dice, (person.ids["email"], person.ids["email"].title()))


def _key(kind: str) -> str:
    return world.KEYS["partner" if kind.startswith("Partner") else "shop"].id


def redemption(dice: Random, ledger: Ledger, person: Person, *, allowed: bool) -> Json:
    """Draw the arguments of a redemption.

    Args:
        dice: Randoms.
        ledger: The model.
        person: Whose points.
        allowed: Whether it is to be one that the shop allows, where there is one, or just any at the edges.
    """
    arguments: Json = {}
    if sometimes(dice, 4):
        arguments["no_coupon"] = True
    subtotals = _subtotals(ledger.shop.settings["minimum_order_value"])
    if (subtotal := one_of(dice, subtotals)) is not None:
        arguments["cart_subtotal"] = subtotal
    edges = _edges(ledger, person)
    back = sum(it.pts for it in person.replaceable())
    if back and sometimes(dice, 5):
        return arguments | {"pts": person.available(ledger.shop.now) + back}
    if allowed:
        good = [pts for pts in edges if not rules.redeem(ledger.shop, person, arguments | {"pts": pts}).refused]
        edges = good or edges
    return {"pts": one_of(dice, edges), **arguments}


def _subtotals(order_value: str | None) -> list[str | int | None]:
    if order_value is None:
        return [None, None, "42.99"]
    millionths = int(Fraction(order_value) * 1_000_000)
    just_below = f"{(millionths - 1) // 1_000_000}.{(millionths - 1) % 1_000_000:06}"
    return [order_value, millionths, None, just_below, millionths - 1]


def _edges(ledger: Ledger, person: Person) -> list[int]:
    """Return amounts at which something changes, in rising order."""
    shop = ledger.shop
    settings, available = shop.settings, person.available(shop.now)
    least, step = settings["minimum_redemption"], settings["redemption_step"]
    edges = {least - 1, least, least + step, least + step + 1, least + 2 * step, available, available + 1}
    if (most := settings["maximum_redemption"]) is not None:
        edges |= {most, most + 1, most - (most - least) % step}
    if (limit := limit_of(shop, person)) is not None:
        left = limit["total"] - spent(shop, person, limit["period"])
        edges |= {left, left + 1, left - (left - least) % step}
    for bucket in settings["point_value_buckets"]:
        edges |= {bucket["threshold"] - 1, bucket["threshold"]}
    back = sum(it.pts for it in person.replaceable())
    edges |= {available + back, available + back + 1, *settings["redemption_buckets"], _MOST_POINTS}
    return sorted(pts for pts in edges if pts >= 1)


def change(dice: Random, ledger: Ledger, person: Person) -> str:
    """Draw a change to undo: the customer's own in any state, another's, one that is no redemption, or none at all."""
    own = list(person.redemptions.values())
    pools = [
        [it.bhid for it in own if it.state in {"code", "external", "provisional code"}],
        [it.bhid for it in own if it.state in {"provisional code", "external"}],
        [it.bhid for it in own if it.fate == "undone"],
        [it.bhid for it in own if it.fate == "replaced"],
        [it.bhid for it in own if it.state == "used code"],
        [bhid for it in ledger.shop.people if it is not person for bhid in it.redemptions],
        person.others,
        [NO_CHANGE],
    ]
    pools.append([it.bhid for it in own if it.fate == "replaced"])  # twice, since they are rare
    return one_of(dice, one_of(dice, [pool[-2:] for pool in pools if pool]))


def achievement(dice: Random, ledger: Ledger, person: Person) -> str:
    """Draw an achievement to use: one that the customer owns or owned, any other, or none at all."""
    owned = [it.achievement for it in person.owned]
    return one_of(dice, (*owned, *owned, *ledger.shop.achievements, NO_CHANGE))


def flawed(dice: Random, ledger: Ledger, good: Call, minted: Sequence[Token]) -> Call:
    """Draw a call with one thing wrong with it, or with two, each of which is judged at another stage.

    Args:
        dice: Randoms.
        ledger: The model.
        good: A call with nothing wrong.
        minted: Tokens that were made earlier.
    """
    flaws: dict[str, Callable[[Call], Call]] = {
        "customer": lambda it: _wrong_customer(dice, ledger, it),
        "input": lambda it: _wrong_input(dice, it),
        "version": lambda it: replace(it, version=one_of(dice, _WRONG_VERSIONS)),
        "token": lambda it: replace(it, token=_bad_token(dice, ledger, it, minted)),
    }
    first = one_of(dice, (*["customer"] * 6, "input", "input", "version", "version", "token"))
    call = flaws[first](good)
    second = one_of(dice, (*[""] * 4, *(flaw for flaw in flaws if flaw != first)))
    return flaws[second](call) if second else call


def _bad_token(dice: Random, ledger: Ledger, call: Call, minted: Sequence[Token]) -> Token:
    """Draw a token that was forged, is of a kind that isn't taken, or may or may not be good just now."""
    now, token = ledger.shop.now, call.token
    aged = [it for it in minted if it.holder == token.holder and it.kind == token.kind]
    choices = [
        *(replace(token, flaw=flaw) for flaw in TOKEN_FLAWS),
        replace(token, expires_at=now),
        replace(token, issued_at=now + _AHEAD, expires_at=now + timedelta(hours=1)),
        *aged[-3:],
    ]
    if call.token.key_id == world.KEYS["shop"].id:
        choices.append(replace(token, key_id=world.SPARE_KEY.id))
    if call.function in {"UseAchievementDiscount1", "CustomerBalance3"}:
        kind = "PartnerTokenForShop" if token.holder is None else "PartnerTokenForCustomer"
        choices.append(Token(kind=kind, holder=token.holder, key_id=world.KEYS["partner"].id))
    return one_of(dice, choices)


def token_to_keep(dice: Random, ledger: Ledger, person: Person) -> Token:
    """Draw a token that is good now, and will be used when it may not be any more."""
    now = ledger.shop.now
    holder = person.ids["shopid"] or None
    kind = "ShopToken" if holder is None or sometimes(dice, 2) else "CustomerToken"
    lifetime = timedelta(seconds=one_of(dice, (60, 3600, 86_400)))
    issued_at = one_of(dice, (None, now))
    holder = holder if kind == "CustomerToken" else None
    key = one_of(dice, (world.KEYS["shop"], world.SPARE_KEY))
    return Token(kind=kind, holder=holder, key_id=key.id, issued_at=issued_at, expires_at=now + lifetime)


def _wrong_customer(dice: Random, ledger: Ledger, call: Call) -> Call:
    people = ledger.shop.people
    if call.token.holder is None:
        # Two customers at once: who has all ids, and who lacks one, so that it contradicts nothing.
        some, lacking = people[:2], [it for it in people if it.ids["shopid"] and not it.ids["email"]]
        two = {"shopid": one_of(dice, (some[0], *lacking)).ids["shopid"], "email": some[1].ids["email"]}
        wrong: list[Json | None] = [
            None,
            None,
            {},
            {"shopid": "", "email": ""},
            {"shopid": NOBODY},
            {"email": NOBODY, "bhid": NOBODY},
            {"shopid": people[0].ids["shopid"], "bhid": NOBODY},
            *[two, dict(reversed(two.items()))] * 2,
        ]
        return replace(call, customer=one_of(dice, wrong))
    others = [it for it in people if it.ids["shopid"] not in {"", call.token.holder}]
    other = one_of(dice, others)
    strangers: list[Json] = [
        {"shopid": other.ids["shopid"]},
        {"bhid": other.ids["bhid"]},
        {"shopid": call.token.holder, "bhid": other.ids["bhid"]},
        {"email": NOBODY},
    ]
    if sometimes(dice, 4):
        address = one_of(dice, [it.ids["email"] for it in people if it.ids["shopid"]])
        return replace(call, token=replace(call.token, holder=NOBODY, email=address), customer=None)
    return replace(call, customer=one_of(dice, strangers))


def _wrong_input(dice: Random, call: Call) -> Call:
    if call.verb == "GET":
        return replace(call, flaw="invalid_request")
    if "pts" in call.arguments and sometimes(dice, 2):
        return replace(call, arguments=call.arguments | {"pts": one_of(dice, (0, -1))})
    return replace(call, flaw=one_of(dice, _FORMS))


# ---- the shop ----


def moment(dice: Random, ledger: Ledger, minted: Sequence[Token]) -> datetime:
    """Draw when it is next: at, or a second before or after, something that changes by itself; or a while later."""
    now = ledger.shop.now
    ends = [it.expires_at for it in minted if it.expires_at is not None and it.expires_at > now]
    edges = sorted({*ledger.upcoming()[:9], *ends[-2:]})
    edge = one_of(dice, edges)
    later = [edge, edge, edge - timedelta(seconds=1), edge + timedelta(seconds=1), now + timedelta(hours=5)]
    return max(now, one_of(dice, later))


_FINE: Final = "0.0033335"  # an odd number of them leaves half a millionth
_BUCKETS: Final = [{"threshold": 200, "value": "2.5"}, {"threshold": 700, "value": "10.000001"}]
_BUCKETS_IN_DISORDER: Final = [
    {"threshold": 400, "value": "5"},
    {"threshold": 150, "value": "2.5"},
]  # the larger is worse
_LIMITS: Final = tuple({"total": total, "period": period} for total in (0, 500, 1300) for period in
                       ("daily", "monthly", "yearly"))  # fmt: skip
_PATCHES: Final[dict[str, tuple[Json, ...]]] = {
    "amounts": (
        {"minimum_redemption": 100, "maximum_redemption": None, "redemption_step": 1},
        {"minimum_redemption": 1, "maximum_redemption": None, "redemption_step": 1},
        {"minimum_redemption": 70, "maximum_redemption": 310, "redemption_step": 60},
        {"minimum_redemption": 100, "maximum_redemption": 150, "redemption_step": 50},
    ),
    "buckets": (
        {"redemption_buckets": None, "only_redemption_buckets": None},
        {"redemption_buckets": [90, 150], "only_redemption_buckets": True},
        {"redemption_buckets": [90, 150], "only_redemption_buckets": False},
    ),
    "values": (
        {"point_value": "0.01", "point_value_buckets": None},
        {"point_value": "0.01", "point_value_buckets": _BUCKETS},
        {"point_value": "0.01", "point_value_buckets": _BUCKETS_IN_DISORDER},
        {"point_value": _FINE, "point_value_buckets": None},
        {"point_value": _FINE, "point_value_buckets": None},  # twice: of the halves, every other one is rounded alike
        {"point_value": None, "point_value_buckets": None},
    ),
    "order value": tuple({"minimum_order_value": it} for it in (None, "42.99", "100")),
    "limit": tuple({"redemption_limit": it} for it in (None, *_LIMITS)),
    "points": ({"points_enabled": True}, {"points_enabled": False}),
    "spending": ({"points_spending_enabled": True}, {"points_spending_enabled": False}),
    "provisional": ({"provisional_redemptions": True}, {"provisional_redemptions": False}),
    "provisional, more often": ({"provisional_redemptions": True},),
    "programme": ({"program_enabled": False}, {"program_enabled": True}),
    "referrals": ({"referrals_enabled": False}, {"referrals_enabled": True}),
    "versions": (
        {"obsolete_versions": [world.OBSOLETE_VERSION], "inaccessible_versions": [world.INACCESSIBLE_VERSION]},
        {"obsolete_versions": [OTHER_VERSION, world.OBSOLETE_VERSION]},
        {"inaccessible_versions": [OTHER_VERSION, world.INACCESSIBLE_VERSION]},
    ),
    "zone": tuple({"time_zone": zone} for zone in world.ZONES),
    "expiry": tuple(
        {"points_expire_at": it} for it in (None, "2400-03-05T05:00:00+00:00", "2400-12-31T23:59:59+00:00")
    ),
}


_OF_REDEMPTIONS: Final = (
    "amounts",
    "amounts",
    "buckets",
    "values",
    "values",
    "order value",
    "limit",
    "points",
    "spending",
)


def patch(dice: Random) -> Json:
    """Draw a change of the settings."""
    return one_of(dice, _PATCHES[one_of(dice, tuple(_PATCHES))])


def redemption_patch(dice: Random) -> Json:
    """Draw a change of those settings that redemptions are judged by."""
    return one_of(dice, _PATCHES[one_of(dice, _OF_REDEMPTIONS)])


def patches(dice: Random) -> list[Json]:
    """Draw the changes that make a shop of its own kind."""
    return [one_of(dice, choices) for choices in _PATCHES.values() if sometimes(dice, 3)]
