"""CustomerBalance3: where a customer stands."""

from bubblehouse_mock import money
from bubblehouse_mock.jsontext import JsonObject, JsonValue
from bubblehouse_mock.rules.call import Call
from bubblehouse_mock.rules.redemption_limits import limit_for, remaining
from bubblehouse_mock.rules.tiers import current_index, missing_events, progress
from bubblehouse_mock.state import Coupon, Customer, encode, time_text
from bubblehouse_mock.state.programme import Offer, Tier
from bubblehouse_mock.state.settings import RedemptionLimit


def answer(call: Call) -> JsonObject:
    """Tell a customer's points, tier and limits; rewards, programme and referrals where the call asks for them."""
    output = {**_points(call), **_standing(call)}
    if call.flag("include_unused_rewards"):
        output["unused_rewards"] = [_reward(it) for it in call.customer.coupons if it.status == "unused"]
    if call.flag("include_full_program"):
        output |= _programme(call)
    if call.flag("include_referrals") and call.shop.settings.referrals_enabled:
        output["referral_stats"] = encode(call.customer.referral_stats)
    return output


def _points(call: Call) -> JsonObject:
    ledger = call.customer.ledger
    available, pending = ledger.available(call.now), ledger.pending(call.now)
    return {
        "pts_available": available,
        "pts_available_value": _value(call, available),
        "pts_pending": pending,
        "pts_pending_value": _value(call, pending),
        "pts_earned": ledger.earned,
        "pts_redeemed": ledger.redeemed,
        "pts_expired": ledger.expired,
        "total_spend": money.render(call.customer.total_spend),
        "upgrade_spend": money.render(call.customer.upgrade_spend),
    }


def _standing(call: Call) -> JsonObject:
    shop, customer, now = call.shop, call.customer, call.now
    tiers, index = shop.programme.tiers, current_index(shop, customer, now)
    output: JsonObject = {
        "program_enabled": shop.settings.program_enabled,
        "cur_tier": _tier(call, index) if index >= 0 else None,
        "next_tier": _tier(call, index + 1) if index + 1 < len(tiers) else None,
        "redemption_limit": _limit(call, limit_for(shop, customer, now)),
        "global_redemption_limit": _limit(call, shop.settings.redemption_limit),
    }
    if customer.joined_on is not None:
        output["loyalty_anniversary_day"] = customer.joined_on.isoformat()
    expiry = shop.settings.points_expire_at
    if expiry is not None and expiry > now:
        output["pts_global_expiration"] = time_text(expiry)
    return output


def _value(call: Call, points: int) -> str | None:
    worth = call.shop.settings.worth(points)
    return None if worth is None else money.render(worth)


def _limit(call: Call, limit: RedemptionLimit | None) -> JsonValue:
    if limit is None:
        return None
    left = remaining(limit, call.shop, call.customer, call.now)
    return {"total": limit.total, "remaining": left, "period": limit.period}


def _tier(call: Call, index: int) -> JsonObject:
    """Describe a tier as `cur_tier` and `next_tier` have it: without features and limit."""
    tier = call.shop.programme.tiers[index]
    current = current_index(call.shop, call.customer, call.now)
    return {
        "name": tier.name,
        "expiration": _expiration(call, index) if index == current else None,
        "reqs": _requirements(tier, call.customer, reached=index <= current),
    }


def _full_tier(call: Call, index: int) -> JsonObject:
    tier = call.shop.programme.tiers[index]
    output = {**_tier(call, index), "features": encode(tier.features)}
    limit = tier.redemption_limit
    if limit is not None:
        is_current = index == current_index(call.shop, call.customer, call.now)
        whole: JsonObject = {"total": limit.total, "remaining": limit.total, "period": limit.period}
        output["redemption_limit"] = _limit(call, limit) if is_current else whole
    return output


def _expiration(call: Call, index: int) -> JsonValue:
    customer, tiers = call.customer, call.shop.programme.tiers
    deadline, extended = customer.tier_deadline, customer.tier_extended_deadline
    if deadline is None or extended is None or deadline <= call.now or index == 0:
        return None
    return {
        "deadline": time_text(deadline),
        "downgraded_tier_name": tiers[index - 1].name,
        "keep_reqs": _requirements(tiers[index], customer, reached=False),
        "keep_extended_deadline": time_text(extended),
    }


def _requirements(tier: Tier, customer: Customer, *, reached: bool) -> JsonObject:
    """Tell what a tier asks for and, unless it is reached, what is missing. Whatever is zero or empty is left out."""
    thresholds: JsonObject = {
        "threshold_pts": tier.threshold_pts,
        "threshold_spend": money.render(tier.threshold_spend) if tier.threshold_spend else None,
        "threshold_events": list(tier.threshold_events),
    }
    if not reached:
        thresholds |= _missing(tier, customer)
    return {name: value for name, value in thresholds.items() if value}


def _missing(tier: Tier, customer: Customer) -> JsonObject:
    points = max(0, tier.threshold_pts - customer.ledger.earned)
    spend = max(tier.threshold_spend - customer.upgrade_spend, tier.threshold_spend * 0)
    events = missing_events(tier, customer)
    wanted = [
        *([f"{points} more points"] if points else []),
        *([f"{spend:.2f} more to spend"] if spend else []),
        *events,
    ]
    return {
        "extra_pts": points,
        "extra_spend": money.render(spend) if spend else None,
        "extra_events": list[JsonValue](events),
        "extra_desc": ", ".join(wanted),
        "progress": progress(tier, customer),
    }


def _programme(call: Call) -> JsonObject:
    programme, customer = call.shop.programme, call.customer
    return {
        "sources": [
            {
                "bhid": source.bhid,
                "slugs": list(source.slugs),
                "title": source.title,
                "can_complete": source.available and source.bhid not in customer.completed_sources,
                "is_completed": source.bhid in customer.completed_sources,
            }
            for source in programme.sources
        ],
        "offers": [_offer(call, index) for index in range(len(programme.offers))],
        "tiers": [_full_tier(call, index) for index in range(len(programme.tiers))],
        "milestones": [_without_none(encode(milestone)) for milestone in programme.milestones],
    }


def _offer(call: Call, index: int) -> JsonObject:
    offer, settings = call.shop.programme.offers[index], call.shop.settings
    spendable = settings.points_enabled and settings.points_spending_enabled
    affordable = not offer.points or (spendable and offer.points <= call.customer.ledger.available(call.now))
    return {
        "id": offer.id,
        "type": offer.type,
        "title": offer.title,
        "desc": offer.desc,
        "points": offer.points,
        "available": offer.active and affordable,
        "section": offer.section,
        "image_url": offer.image_url,
        **_told(offer),
    }


def _told(offer: Offer) -> JsonObject:
    """Return what an offer has only where the fixture says it."""
    told: JsonObject = {
        "product": _without_none(encode(offer.product)),
        "variant": _without_none(encode(offer.variant)),
        "visibility": offer.visibility,
        "availability": offer.availability,
    }
    return {name: value for name, value in told.items() if value}


def _reward(coupon: Coupon) -> JsonObject:
    return _without_none(
        {
            "type": coupon.type,
            "desc": coupon.desc,
            "reward_desc": coupon.reward_desc,
            "code": coupon.code,
            "since": time_text(coupon.since),
            "pts": coupon.pts,
            "amount": None if coupon.amount is None else money.render(coupon.amount),
        }
    )


def _without_none(value: JsonValue) -> JsonObject:
    return {name: item for name, item in value.items() if item is not None} if isinstance(value, dict) else {}
