"""UseAchievementDiscount1: an achievement becomes a discount code."""

from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules.call import Call
from bubblehouse_mock.state import Coupon


def answer(call: Call) -> JsonObject:
    """Use an achievement once, and make a code for its benefit.

    Raises:
        RefusalError: achievement_not_owned.
    """
    bhid, now = call.text("achievement_bhid"), call.now
    achievement = call.shop.programme.achievement(bhid)
    owned = [it for it in call.customer.achievements if it.achievement == bhid]
    ownership = next((it for it in owned if it.is_active(now)), None)
    if achievement is None or ownership is None:
        reason = "The customer no longer owns this achievement actively" if owned else "The customer doesn't own it"
        raise RefusalError("achievement_not_owned", reason)
    call.shop.use_achievement(call.customer, ownership, now)
    coupon = call.shop.issue_code(
        call.customer,
        Coupon(
            code="",
            type="achievement",
            desc=achievement.title,
            reward_desc=achievement.reward_desc,
            since=now,
            amount=achievement.amount,
        ),
    )
    return {"code": coupon.code}
