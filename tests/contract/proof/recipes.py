"""How to cause every documented error: real state, real requests. Data only; `provoke` carries it out.

A recipe says what is different from a call that would succeed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from tests.contract.proof.contract import Json, Operation
from tests.contract.proof.scene import NOBODY, Scene
from tests.contract.proof.target import CUSTOMER_KINDS, Customer

from bubblehouse.transport import Request

ALL_KINDS = ("CustomerToken", "ShopToken", "PartnerTokenForCustomer", "PartnerTokenForShop")
SHOP_KINDS = tuple(kind for kind in ALL_KINDS if kind not in CUSTOMER_KINDS)

_LARGER_THAN_READ = 1024 * 1024 + 1
_NEVER_A_VERSION = "v19990101"


def _nobody(scene: Scene) -> None:
    del scene


def _nothing(scene: Scene) -> Json:
    del scene
    return {}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One way to cause an error.

    Attributes:
        kinds: The kinds of token it works with.
        reads: True for functions that read, False for those that write, None for all.
        settings: What is changed in the shop's settings first.
        before: Functions that are called first, with success.
        arguments: Arguments in place of those that would succeed; None leaves one out.
        actor: Whom the token or `customer` names, where it isn't the one for whom the call would succeed.
        wrong_secret: Whether the token is signed with a secret that is not the key's.
        version: The global API version in the URL.
        from_fixture: Whether it needs something that only a fixture has.
        alter: What is done to the request after the client has made it, for what the client can't be made to send.
    """

    kinds: tuple[str, ...] = ALL_KINDS
    reads: bool | None = None
    settings: Callable[[Scene], Json] = _nothing
    before: tuple[str, ...] = ()
    arguments: Callable[[Scene], Json] = _nothing
    actor: Callable[[Scene], Customer | None] = _nobody
    wrong_secret: bool = False
    version: str | None = None
    from_fixture: bool = False
    alter: Callable[[Request], Request] | None = None

    def fits(self, operation: Operation, kind: str) -> bool:
        """Tell whether the recipe is for an operation and a kind of token."""
        return kind in self.kinds and self.reads in {None, operation.kind == "read"}

    @property
    def works_on_strangers(self) -> bool:
        """Whether it needs no control plane, and changes nothing."""
        return self.settings is _nothing and not self.before and not self.from_fixture


def as_query(request: Request) -> Request:
    """Turn a POST of the client into the GET of the same function."""
    given = json.loads(request.content)
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    headers = tuple((name, value) for name, value in request.headers if name != "Content-Type")
    return request._replace(method="GET", url=f"{request.url}?{urlencode(texts)}", headers=headers, content=b"")


def _malformed(request: Request) -> Request:
    if request.method == "GET":
        return request._replace(url=f"{request.url}&include_full_program=perhaps")
    return request._replace(content=b'{"customer": ')


def _nobody_named(request: Request) -> Request:
    """Empty every id of `customer`, which the client refuses to send."""
    identity = {"bhid": "", "shopid": "", "email": ""}
    if request.method == "GET":
        address, _, query = request.url.partition("?")
        texts = {**dict(parse_qsl(query)), "customer": json.dumps(identity)}
        return request._replace(url=f"{address}?{urlencode(texts)}")
    return request._replace(content=json.dumps({**json.loads(request.content), "customer": identity}).encode())


def _wrong_verb(request: Request) -> Request:
    return request._replace(method="PUT")


def _too_large(request: Request) -> Request:
    return request._replace(content=request.content.ljust(_LARGER_THAN_READ))


def _wrong_media_type(request: Request) -> Request:
    headers = tuple((name, "text/plain" if name == "Content-Type" else value) for name, value in request.headers)
    return request._replace(headers=headers)


def _one_call_a_day(scene: Scene) -> Json:
    del scene
    return {
        "rate_limits_enabled": True,
        "rate_limit_delay": 0,
        "rate_limits": {"read": {"per_day": {"shop": 1}}, "write": {"per_day": {"shop": 1}}},
    }


def _stranger(scene: Scene) -> Customer:
    del scene
    return Customer(NOBODY)


def _someone_else(scene: Scene) -> Json:
    return {"customer": {"shopid": scene.other.shopid if scene.other else NOBODY}}


RECIPES: dict[str, tuple[Recipe, ...]] = {
    # ---- every call: version, token, rate limit, form ----
    "invalid_global_api_version": (Recipe(version=_NEVER_A_VERSION),),
    "obsolete_global_api_version": (Recipe(settings=lambda scene: {"obsolete_versions": [scene.version]}),),
    "inaccessible_global_api_version": (Recipe(settings=lambda scene: {"inaccessible_versions": [scene.version]}),),
    "invalid_token": (Recipe(wrong_secret=True),),
    "rate_limit_exceeded": (
        Recipe(reads=True, settings=_one_call_a_day, before=("CustomerBalance3",)),
        Recipe(reads=False, settings=_one_call_a_day, before=("RedeemPoints1",)),
    ),
    "invalid_request": (Recipe(alter=_malformed),),
    "method_not_allowed": (Recipe(alter=_wrong_verb),),
    "request_too_large": (Recipe(alter=_too_large),),
    "unsupported_media_type": (Recipe(alter=_wrong_media_type),),
    # ---- every call about a customer ----
    "missing_customer_identity": (Recipe(kinds=SHOP_KINDS, arguments=lambda _: {"customer": None}),),
    "empty_customer_identity": (Recipe(kinds=SHOP_KINDS, alter=_nobody_named),),
    "no_customers_match_customer_identity": (
        Recipe(kinds=SHOP_KINDS, arguments=lambda _: {"customer": {"shopid": NOBODY}}),
        Recipe(kinds=CUSTOMER_KINDS, actor=_stranger, arguments=lambda _: {"customer": None}),
    ),
    "customer_identity_partially_mismatches_matched_customer": (
        Recipe(
            kinds=SHOP_KINDS, arguments=lambda scene: {"customer": {"shopid": scene.spender.shopid, "bhid": NOBODY}}
        ),
    ),
    "customer_identity_does_not_match_token": (Recipe(kinds=CUSTOMER_KINDS, arguments=_someone_else),),
    # ---- RedeemPoints1 ----
    "insufficient_points": (Recipe(arguments=lambda _: {"pts": 10**9}),),
    "points_below_redeemable_minimum": (Recipe(settings=lambda scene: {"minimum_redemption": scene.amount + 1}),),
    "points_above_redeemable_maximum": (
        Recipe(
            settings=lambda scene: {"maximum_redemption": scene.amount},
            arguments=lambda scene: {"pts": scene.amount + 1},
        ),
    ),
    "points_not_on_redeemable_step": (
        Recipe(settings=lambda _: {"redemption_step": 2}, arguments=lambda scene: {"pts": scene.amount + 1}),
    ),
    "points_disabled": (Recipe(settings=lambda _: {"points_enabled": False}),),
    "points_spending_disabled": (Recipe(settings=lambda _: {"points_spending_enabled": False}),),
    "minimum_order_value_not_met": (
        Recipe(settings=lambda _: {"minimum_order_value": "50"}, arguments=lambda _: {"cart_subtotal": "49.999999"}),
    ),
    "redemption_limit_exceeded": (
        Recipe(
            settings=lambda scene: {"redemption_limit": {"total": 2 * scene.amount - 1, "period": "yearly"}},
            before=("RedeemPoints1",),
        ),
    ),
    # ---- Unredeem1 ----
    "not_found": (Recipe(),),
    "change_already_reverted": (Recipe(before=("RedeemPoints1", "Unredeem1")),),
    "invalid_redemption_for_unredeem": (
        Recipe(
            actor=lambda scene: scene.used_by,
            arguments=lambda scene: {"change_bhid": scene.used_redemption},
            from_fixture=True,
        ),
    ),
    # ---- UseAchievementDiscount1 ----
    "achievement_not_owned": (Recipe(actor=lambda scene: scene.spender),),
}
"""Error id to the ways to cause it. An id may need another way with another kind of token, or none at all with some."""
