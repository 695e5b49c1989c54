"""What the server answers, by path: for each library something of its own API, all of 0.5 to 0.75 kB."""

import json
from typing import Final

POINTS: Final = 1250
"""What every contender has to find in its answer."""

_BALANCE: Final[dict[str, object]] = {
    "pts_available": POINTS,
    "pts_available_value": "12.500000",
    "pts_pending": 40,
    "pts_pending_value": "0.400000",
    "pts_earned": 2890,
    "pts_redeemed": 1500,
    "pts_expired": 140,
    "total_spend": "1912.340000",
    "upgrade_spend": "1400.000000",
    "loyalty_anniversary_day": "2024-03-17",
    "pts_global_expiration": "2027-01-01T05:00:00Z",
    "cur_tier": {
        "name": "Silver",
        "expiration": {
            "deadline": "2027-01-01T05:00:00Z",
            "keep_extended_deadline": "2028-01-01T05:00:00Z",
            "downgraded_tier_name": "Bronze",
            "keep_reqs": {"threshold_spend": "500.000000"},
        },
        "reqs": {"threshold_spend": "500.000000"},
    },
    "next_tier": {"name": "Gold", "expiration": None, "reqs": {"threshold_spend": "2000.000000", "progress": 7000}},
    "redemption_limit": {"total": 5000, "remaining": 4500, "period": "monthly"},
    "program_enabled": True,
}

_LABEL: Final[dict[str, object]] = {
    "id": POINTS,
    "node_id": "MDU6TGFiZWwyMDgwNDU5NDY=",
    "url": "https://api.github.com/repos/shop/demo/labels/bug",
    "name": "bug",
    "description": "Something isn't working, and " + "it has to be said at length " * 16,
    "color": "f29513",
    "default": True,
    "archived_at": None,
    "archived_by": None,
}

_SQUARE_CUSTOMER: Final[dict[str, object]] = {
    "customer": {
        "id": "JDKYHBWT1D4F8MFH63DBMEN8Y4",
        "created_at": "2024-03-23T20:21:54.859Z",
        "updated_at": "2024-03-23T20:21:54.859Z",
        "given_name": "Amelia",
        "family_name": "Earhart",
        "email_address": "amelia.earhart@example.com",
        "address": {
            "address_line_1": "500 Electric Ave",
            "address_line_2": "Suite 600",
            "locality": "New York",
            "administrative_district_level_1": "NY",
            "postal_code": "10003",
            "country": "US",
        },
        "phone_number": "+1-212-555-4240",
        "reference_id": "YOUR_REFERENCE_ID",
        "note": "a customer",
        "preferences": {"email_unsubscribed": False},
        "creation_source": "THIRD_PARTY",
        "version": POINTS,
    }
}

_STRIPE_CUSTOMER: Final[dict[str, object]] = {
    "id": "cus_NffrFeUfNV2Hib",
    "object": "customer",
    "address": None,
    "balance": POINTS,
    "created": 1680893993,
    "currency": None,
    "default_source": None,
    "delinquent": False,
    "description": None,
    "email": "jennyrosen@example.com",
    "invoice_prefix": "0759376C",
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "livemode": False,
    "metadata": {},
    "name": "Jenny Rosen",
    "next_invoice_sequence": 1,
    "phone": None,
    "preferred_locales": [],
    "shipping": None,
    "tax_exempt": "none",
    "test_clock": None,
}

_FILE: Final[dict[str, object]] = {
    "id": "497f6eca-6276-4993-bfeb-53cbbbba6f09",
    "object": "file",
    "bytes": POINTS,
    "created_at": 1716963433,
    "filename": "training" * 50,
    "purpose": "fine-tune",
    "sample_type": "pretrain",
    "num_lines": 3,
    "source": "upload",
    "deleted": False,
}

ANSWERS: Final = {
    "/api/v2023061/demo-shop/CustomerBalance3": _BALANCE,
    "/CustomerBalance3": _BALANCE,  # for clients that don't mind what they are given
    "/repos/shop/demo/labels": _LABEL,
    "/v1/customers": _STRIPE_CUSTOMER,
    "/v1/files/file": _FILE,
    "/v2/customers": _SQUARE_CUSTOMER,
}


def content(answer: dict[str, object]) -> bytes:
    """Return an answer as a server would send it, without spaces."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
