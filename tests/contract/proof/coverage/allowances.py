"""What need not be covered, since no answer can have it though its schema names it: each with the reason.

A type that stands in several places is described once, and not all of it makes sense in each. What is listed here is
counted as covered neither way: it leaves its criterion, which says how much has left it. `*` stands for anything.
"""

from fnmatch import fnmatchcase
from typing import Final

ALLOWANCES: Final = {
    "response properties": {
        "* 200 *_tier.features*": "The docs: only in the full program's `tiers`, never in `cur_tier` or `next_tier`.",
        "* 200 *_tier.redemption_limit*": "The docs: only in the full program's `tiers`.",
        "* 200 cur_tier.reqs.extra_*": "Nothing is missing for a tier that the customer is in.",
        "* 200 cur_tier.reqs.progress": "As for `extra_*`; the docs call it without use there.",
        "* 200 next_tier.expiration.*": "Nobody drops out of a tier that is still ahead.",
    },
    "optional response properties absent, too": {
        "* message": "The docs let a body be without; ours always tells people what was wrong.",
        "Unredeem1 200 pts": "The docs call it optional, and don't say when it is missing.",
        "* 200 pts_*_value": "Null has been documented as well, and is what ours answers.",
        "* 200 *_tier": "Nothing is known of when it is missing. Ours answers null.",
        "* 200 *expiration": "The docs don't say when it is missing. Ours answers null.",
        "* 200 next_tier.expiration.*": "Nobody drops out of a tier that is still ahead.",
        "* 200 *redemption_limit": "Nothing is known of when it is missing. Ours answers null.",
        "* 200 unused_rewards[[]].reward_desc": "The docs don't say when it is missing. Ours answers an empty text.",
        "* 200 offers[[]].desc": "The docs don't say when it is missing. Ours answers an empty text.",
        "* 200 offers[[]].image_url": "Empty or left out, the docs say. Ours answers an empty text.",
        "* 200 offers[[]].points": "0 or left out, the docs say. Ours answers 0.",
        "* 200 tiers[[]].features": "The docs don't say when it is missing. Ours answers an empty list.",
        "* 200 milestones[[]].bhid": "The name of the property is inferred; nothing may rest on it.",
        "* 200 program_enabled": "Nothing is known of when it is missing.",
    },
    "response values that can be counted": {
        "Unredeem1 200 success = false": "Every failure that is listed has the status of an error.",
        "* 200 *_tier.redemption_limit.*": "The docs: only in the full program's `tiers`.",
    },
    "request keywords kept and broken": {
        'RedeemPoints1 cart_subtotal: format "int64", broken': "The bounds beside it say the same, and are broken.",
        'CustomerBalance3Get the whole: type "object", broken': "A query is no JSON: it always has names and values.",
    },
}
"""By criterion. Each must be needed: one that excuses nothing any more fails."""


def allowance(criterion: str, item: str) -> str | None:
    """Return the allowance that an item of a criterion falls under; None where it has to be covered."""
    return next((it for it in ALLOWANCES.get(criterion, {}) if fnmatchcase(item, it)), None)
