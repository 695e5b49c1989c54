"""Where the document is looser than our server on purpose: what it allows and no call brings out, each with the reason.

The names are those of `permissions`, and `*` stands for anything.
"""

from typing import Final

ALLOWANCES: Final = {
    # ---- errors ----
    "* default": "It stands for errors that nobody knows yet; the docs say that there may be more.",
    "* default as application/json": "As `default` itself.",
    "Error": "The body of those errors.",
    "Error is of type object": "As `Error` itself.",
    "Error.id": "As `Error` itself.",
    "Error.id is of type string": "As `Error` itself.",
    "Error.id is any text": "As `Error` itself.",
    "Error.message": "As `Error` itself.",
    "Error.message is of type string": "As `Error` itself.",
    "Error without *": "As `Error` itself; the docs show one body without an id.",
    "*Error without message": "The docs print most bodies without a message, so a server may leave it out.",
    "*Error.message is any text": "What the server says to people is up to the server.",
    # ---- what the server makes ----
    "RedeemPoints1Output.code is any text": "The server makes codes. Which characters they have is not documented.",
    "UseAchievementDiscount1Output.code is any text": "As `RedeemPoints1Output.code`.",
    # ---- what the docs leave open ----
    "CustomerBalanceResult3 without *_value": "Null has been documented as well, and is what ours answers.",
    "CustomerBalanceResult3 without *_tier": "Nothing is known of when it is missing. Ours answers null.",
    "CustomerBalanceResult3 without *redemption_limit": "Nothing is known of when it is missing. Ours answers null.",
    "CustomerBalanceResult3 without program_enabled": "Nothing is known of when it is missing.",
    "CustomerBalanceResult3.loyalty_anniversary_day is any text": "Empty or a zero day; how is not documented.",
    "CustomerBalanceResult3.loyalty_anniversary_day is of type null": "As for any text. Ours leaves it out.",
    "AvailableReward1 without reward_desc": "The docs don't say when it is missing. Ours answers an empty text.",
    "AvailableReward1.pts is of type null": "Null or missing, the docs say. Ours leaves it out.",
    "MilestoneStatus3 without bhid": "The name of the property is inferred; nothing may rest on it.",
    "Offer1 without desc": "The docs don't say when it is missing. Ours answers an empty text.",
    "Offer1 without image_url": "Empty or left out, the docs say. Ours answers an empty text.",
    "Offer1 without points": "0 or left out, the docs say. Ours answers 0.",
    "TierStatus3 without expiration": "The docs don't say when it is missing. Ours answers null.",
    "Unredeem1Output without pts": "The docs call it optional, and don't say when it is missing.",
}
"""Each must be needed: one that allows nothing any more fails."""
