"""Answers of the size that a large shop's program has, for benchmarks and the tests of what they measure."""

Json = dict[str, object]

PERIODS = ("daily", "monthly", "yearly")
LOCALES = ("de-DE", "fr-FR")


def full_program(*, offers: int = 200, tiers: int = 20) -> Json:
    """Return a CustomerBalance3 answer with the full program, and nearly all that is optional.

    Args:
        offers: How many offers it has. Each names a product, and every second one a variant too.
        tiers: How many tiers it has. Each has four features and its own limit.
    """
    return {
        "pts_available": 1250,
        "pts_available_value": "12.500000",
        "pts_pending": 40,
        "pts_pending_value": "0.400000",
        "pts_earned": 2000,
        "pts_redeemed": 500,
        "pts_expired": 250,
        "total_spend": "1250.000000",
        "upgrade_spend": "842.990000",
        "loyalty_anniversary_day": "2024-03-15",
        "pts_global_expiration": "2027-01-01T05:00:00Z",
        "program_enabled": True,
        "cur_tier": _tier(3) | {"expiration": _expiration(3)},
        "next_tier": _tier(4),
        "redemption_limit": _limit(3),
        "global_redemption_limit": _limit(1),
        "unused_rewards": [_reward(number) for number in range(10)],
        "sources": [_source(number) for number in range(20)],
        "offers": [_offer(number) for number in range(offers)],
        "tiers": [_program_tier(number) for number in range(tiers)],
        "milestones": [_milestone(number) for number in range(10)],
        "referral_stats": {"sent": 4, "approved": 2, "rejected": 1, "earned_pts": 400},
    }


def _bhid(kind: int, number: int) -> str:
    return f"20b31881b3{kind:02x}{number:04x}"


def _offer(number: int) -> Json:
    title = f"Canvas tote bag No. {number}"
    offer: Json = {
        "id": f"tote-{number}",
        "type": "product",
        "title": title,
        "desc": "Heavy cotton, long handles, an inner pocket. Once per customer, while stocks last.",
        "points": 100 * (number % 40),
        "available": number % 3 != 0,
        "section": ("gifts", "vouchers", "events")[number % 3],
        "product": {
            "bhid": _bhid(1, number),
            "id": str(7_400_000_000 + number),
            "slug": f"canvas-tote-bag-{number}",
            "sku": f"TOTE-{number:04}",
            "title": title,
            "image_url": f"https://shop.example.com/cdn/files/tote-{number}.png?v=1715502600",
            "inactive": False,
            "deleted": False,
            "localizations": [{"locale": locale, "title": f"{title} ({locale})"} for locale in LOCALES],
        },
        "image_url": f"https://shop.example.com/cdn/files/offer-{number}.png?v=1715502600",
        "visibility": "customer.tier in ('Gold', 'Platinum')",
        "availability": "",
    }
    if number % 2:
        offer["variant"] = {
            "bhid": _bhid(2, number),
            "id": str(4_200_000_000 + number),
            "title": "Natural / 38 x 42 cm",
            "sku": f"TOTE-{number:04}-N",
            "deleted": False,
            "localizations": [{"locale": locale, "title": f"Natural ({locale})"} for locale in LOCALES],
        }
    return offer


def _requirements(number: int) -> Json:
    return {
        "threshold_pts": 1000 * number,
        "threshold_spend": f"{250 * number}.000000",
        "threshold_events": ["newsletter", "first_order"],
        "extra_pts": 160 * number,
        "extra_spend": f"{157 * number}.010000",
        "extra_events": ["newsletter"],
        "extra_desc": f"{157 * number}.01 more to spend",
        "progress": 8429,
    }


def _limit(number: int) -> Json:
    return {"total": 5000 + number, "remaining": 4500, "period": PERIODS[number % 3]}


def _expiration(number: int) -> Json:
    return {
        "deadline": "2027-01-01T05:00:00Z",
        "downgraded_tier_name": f"Tier {number - 1}",
        "keep_reqs": _requirements(number),
        "keep_extended_deadline": "2028-01-01T05:00:00Z",
    }


def _tier(number: int) -> Json:
    return {"name": f"Tier {number}", "expiration": None, "reqs": _requirements(number)}


def _program_tier(number: int) -> Json:
    features = [
        {"bhid": _bhid(3, feature), "title": f"Points for each dollar spent on range {feature}", "value": f"{number}x"}
        for feature in range(4)
    ]
    return _tier(number) | {"features": features, "redemption_limit": _limit(number)}


def _reward(number: int) -> Json:
    return {
        "type": "points",
        "desc": "Redeemed points",
        "reward_desc": f"${number}.00 off",
        "code": f"LOYAL-7F3K9Q{number:02}",
        "since": f"2026-05-12T09:{number:02}:00.123456Z",
        "pts": 100 * number,
        "amount": f"{number}.000000",
    }


def _source(number: int) -> Json:
    return {
        "bhid": _bhid(4, number),
        "slugs": [f"best-savings-month-{number}", "great-milestone"],
        "title": f"Best savings month {number}",
        "can_complete": True,
        "is_completed": number % 2 == 0,
    }


def _milestone(number: int) -> Json:
    return {"slugs": [f"month-{number}"], "name": f"{number} months with us", "cycle": number, "bhid": _bhid(5, number)}
