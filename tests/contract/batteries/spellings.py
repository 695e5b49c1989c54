"""Ways to write an input, right and wrong, that no schema can tell: JSON, numbers, money, media types, queries.

The unit tests of the mock take the reasons from here, too.
"""

from urllib.parse import quote

JSON_MEDIA_TYPES: list[str] = [
    "application/json",
    "application/json; charset=utf-8",
    'Application/JSON;charset="UTF-8"',
    "application/json;charset=us-ascii",  # each such text is the same in UTF-8
    "application/json;v=1",
    "application/json;",
    " application/json ",
]
"""Ways to write that a body is JSON."""

OTHER_MEDIA_TYPES: list[str] = [
    "",
    " ",
    ";",
    "json",
    "text/plain",
    "text/json",
    "application/json-patch+json",
    "application/problem+json",
    "application/*",
    "*/*",
    # The docs have forms for "simple" parameters, whose rules could not be read: the contract leaves them out.
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json, application/json",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/json; charset = utf-16",
    "application/json; charset=utf-8; charset=utf-16",
    "application/json; charset",
    "application/json; charset='utf-8'",
    "application/json\xa0",
    "application/\x00json",
]
"""What is not taken for JSON."""

MALFORMED_BODIES: list[tuple[bytes, str]] = [
    # JSON, the whole of it, and nothing beside it
    (b"", "empty"),
    (b" ", "JSON"),
    (b"\n\t\r ", "JSON"),
    (b"{", "JSON"),
    (b"{}x", "JSON"),
    (b'{"pts": 100}{"pts": 100}', "JSON"),
    (b'{"pts": 100}\x00', "JSON"),
    (b'{"pts": 100}\x0b', "JSON"),
    (b'{"pts": 100}\xc2\xa0', "JSON"),
    (b"{'pts': 1}", "JSON"),
    (b"{pts: 1}", "JSON"),
    (b'{"pts": 1,}', "JSON"),
    (b'{"pts": 100 /* points */}', "JSON"),
    (b'{"pts": 100, "x": "\n"}', "JSON"),
    (b'{"pts": 100, "x": "\\x41"}', "JSON"),
    (b'{"pts": 100, "x": True}', "JSON"),
    # UTF-8, unmarked
    (b"\xff", "UTF-8"),
    (b"\xef\xbb\xbf{}", "JSON"),
    (b"\xef\xbb\xbf" + b'{"pts": 100}', "JSON"),
    ('{"pts": 100}'.encode("utf-16"), "UTF-8"),
    ('{"pts": 100}'.encode("utf-16-le"), "JSON"),
    ('{"pts": 100}'.encode("utf-32-be"), "JSON"),
    (b'{"pts": 100, "x": "\xed\xa0\x80"}', "UTF-8"),
    (b'{"pts": 100, "x": "\xc0\x80"}', "UTF-8"),
    (b'{"pts": 100, "x": "\\ud800"}', "surrogate"),
    (b'{"pts": 100, "x": "\\uDE00\\ud83d"}', "surrogate"),
    (b'{"pts": 100, "\\udc00": 1}', "surrogate"),
    (b'{"pts": 100, "x": [["\\ud800 "]]}', "surrogate"),
    # each key once
    (b'{"pts": 100, "pts": 100}', "'pts' stands twice"),
    (b'{"pts": 100, "\\u0070ts": 1}', "'pts' stands twice"),
    (b'{"pts": 100, "x": {"a": 1, "a": 1}}', "'a' stands twice"),
    (b'{"pts": 100, "x": [[{"y": {"": 1, "": 1}}]]}', "'' stands twice"),
    # at most 64 levels
    (b"[" * 100_000, "nested"),
    (b"[" * 65 + b"]" * 65, "nested"),
    (b'{"x":' * 65 + b"1" + b"}" * 65, "nested"),
    (b'{"pts": 100, "x": ' + b'[{"x":' * 32 + b"1" + b"}]" * 32 + b"}", "nested"),
    # an object
    (b"[]", "object"),
    (b"100", "object"),
    (b"null", "object"),
    (b'"pts"', "object"),
    # numbers that JSON doesn't have, or a double
    (b'{"pts": NaN}', "NaN"),
    (b'{"pts": Infinity}', "Infinity"),
    (b'{"pts": -Infinity}', "Infinity"),
    (b'{"pts": 100, "x": NaN}', "NaN"),
    (b'{"pts": 1e400}', "too large"),
    (b'{"pts": -1e400}', "too large"),
    (b'{"pts": 100, "x": 1e309}', "too large"),
    (b'{"pts": ' + b"9" * 5000 + b"}", "too many digits"),
    (b'{"pts": 0100}', "JSON"),
    (b'{"pts": +100}', "JSON"),
    (b'{"pts": 0x64}', "JSON"),
    (b'{"pts": 100.}', "JSON"),
    (b'{"pts": 1_00}', "JSON"),
    (b'{"pts": \xd9\xa1}', "JSON"),
    # a whole number from 1 up
    (b"{}", "pts"),
    (b'{"Pts": 100}', "pts"),
    (b'{"pts": null}', "pts"),
    (b'{"pts": "500"}', "pts"),
    (b'{"pts": true}', "pts"),
    (b'{"pts": [500]}', "pts"),
    (b'{"pts": 0.5}', "pts"),
    (b'{"pts": 500.5}', "pts"),
    (b'{"pts": 5e-1}', "pts"),
    (b'{"pts": 0}', "pts"),
    (b'{"pts": -0}', "pts"),
    (b'{"pts": -0.0}', "pts"),
    (b'{"pts": 1e-400}', "pts"),
    (b'{"pts": -1}', "pts"),
    (b'{"pts": -1e300}', "pts"),
    # a boolean
    (b'{"pts": 100, "no_coupon": "true"}', "no_coupon"),
    (b'{"pts": 100, "no_coupon": 1}', "no_coupon"),
    (b'{"pts": 100, "no_coupon": null}', "no_coupon"),
    # money: text or millionths, never a float
    (b'{"pts": 100, "cart_subtotal": 42.99}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": 42.0}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": -0.0}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": 1e2}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "1e2"}', "cart_subtotal"),
    (
        b'{"pts": 100, "cart_subtotal": "42.99\\n"}',
        "cart_subtotal",
    ),  # Python's `$` would take it
    (b'{"pts": 100, "cart_subtotal": "42\\n.99"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "42.99\\u0000"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "\xd9\xa1"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "NaN"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": " 1"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "+1"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": ".5"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "1."}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "1,000"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "1_000"}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": ""}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": null}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": true}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": ["1"]}', "cart_subtotal"),
    (b'{"pts": 100, "cart_subtotal": "9223372036854.775808"}', "64-bit"),
    (b'{"pts": 100, "cart_subtotal": "-9223372036854.775809"}', "64-bit"),
    (b'{"pts": 100, "cart_subtotal": "' + b"9" * 100_000 + b'"}', "64-bit"),
    (b'{"pts": 100, "cart_subtotal": 9223372036854775808}', "cart_subtotal"),
    # the customer
    (b'{"pts": 100, "customer": "1001"}', "customer"),
    (b'{"pts": 100, "customer": null}', "customer"),
    (b'{"pts": 100, "customer": [{"shopid": "1001"}]}', "customer"),
    (b'{"pts": 100, "customer": {"shopid": 1001}}', "customer.shopid"),
    (b'{"pts": 100, "customer": {"shopid": null}}', "customer.shopid"),
]
"""Bodies of RedeemPoints1 with a customer token, and what the refusal speaks of."""

WELL_FORMED_BODIES: list[tuple[bytes, int]] = [
    (b'{"pts": 100}', 100),
    (b' \n{"pts": 100}\n ', 100),
    (b'{"\\u0070ts": 100}', 100),
    # Whole is whole, however it is written. What is finer than a double is rounded to one, as RFC 8259 has it.
    (b'{"pts": 500.0}', 500),
    (b'{"pts": 5e2}', 500),
    (b'{"pts": 5E+2}', 500),
    (b'{"pts": 5000e-1}', 500),
    (b'{"pts": 500.00000000000000001}', 500),
    # Objects are open, and other spellings of a name are other names.
    (b'{"pts": 100, "PTS": "x", "pts ": null}', 100),
    (b'{"pts": 100, "unknown": {"deep": [1, 2.5, null, "\\u0000", "\\ud83d\\ude00"]}}', 100),
    (b'{"pts": 100, "x": "\\\\ud800"}', 100),
    (b'{"pts": 100, "x": [{"a": 1}, {"a": 1}]}', 100),
    (b'{"pts": 100, "x": "' + b"[{" * 1000 + b'"}', 100),
    (b'{"pts": 100, "x": [' + b"[],{}," * 1000 + b"0]}", 100),
    (b'{"pts": 100, "x":' + b'{"x":' * 62 + b"1" + b"}" * 63, 100),
    (b'{"pts": 100, "x":' + b"[" * 63 + b"]" * 63 + b"}", 100),
    (b'{"pts": 100, "x": [1e-400, -0, -0.0, 1e308, 123456789012345678901234567890]}', 100),
    # Money
    (b'{"pts": 100, "cart_subtotal": "0.00000000000000000001"}', 100),
    (b'{"pts": 100, "cart_subtotal": "-1"}', 100),
    (b'{"pts": 100, "cart_subtotal": "-0"}', 100),
    (b'{"pts": 100, "cart_subtotal": -0}', 100),
    (b'{"pts": 100, "cart_subtotal": "0042.90"}', 100),
    (b'{"pts": 100, "cart_subtotal": "9223372036854.775807"}', 100),
    (b'{"pts": 100, "cart_subtotal": -9223372036854775808}', 100),
]
"""Bodies of RedeemPoints1 with a customer token, and how many points they redeem."""

HUGE_NUMBERS = ["9223372036854775808", "1e300", "9" * 4000]
"""More points than anybody can have. The contract has no upper bound, so they are well-formed."""

CONTENT_CODINGS = ["gzip", "br", "", "identity, gzip", "utf-8"]
"""What no body may be encoded by."""

MALFORMED_QUERIES: list[tuple[str, str]] = [
    # booleans are `true` and `false`
    ("include_full_program=1", "include_full_program"),
    ("include_full_program=0", "include_full_program"),
    ("include_full_program=True", "include_full_program"),
    ("include_full_program=TRUE", "include_full_program"),
    ("include_full_program=yes", "include_full_program"),
    ("include_full_program=on", "include_full_program"),
    ("include_full_program=null", "include_full_program"),
    ("include_full_program=", "include_full_program"),
    ("include_full_program", "include_full_program"),
    ("include_full_program=true%0A", "include_full_program"),
    ("include_full_program=+true", "include_full_program"),
    ("include_full_program=%22true%22", "include_full_program"),
    # each parameter once, even where both say the same
    ("include_full_program=true&include_full_program=true", "2 times"),
    ("include_full_program=true&include%5Ffull%5Fprogram=false", "2 times"),
    ("customer={}&customer={}&customer={}", "3 times"),
    # `customer` is JSON, to the same rules as a body
    ("customer=", "JSON"),
    ("customer=1001", "customer"),
    ("customer=%221001%22", "customer"),
    ("customer=null", "customer"),
    ("customer=[]", "customer"),
    ("customer={", "JSON"),
    ("customer={}x", "JSON"),
    ("customer=shopid:1001", "JSON"),
    ("customer[shopid]=1001&customer=0", "customer"),
    ('customer={"shopid":1001}', "shopid"),
    ('customer={"shopid":NaN}', "NaN"),
    ('customer={"shopid":"1001","shopid":"1001"}', "stands twice"),
    ('customer={"shopid":"\\ud800"}', "surrogate"),
    ('customer=%EF%BB%BF{"shopid":"1001"}', "JSON"),
    ("customer=" + "[" * 65, "customer"),
    ('customer={"x":' + "[" * 64 + "]" * 64 + "}", "nested"),
    # URL-encoded UTF-8, of at most 100 parameters
    ("x=%ff", "UTF-8"),
    ("customer=%ED%A0%80", "UTF-8"),
    ("&".join(["x=1"] * 101), "100"),
]
"""Queries of CustomerBalance3 with a customer token, and what the refusal speaks of."""

WELL_FORMED_QUERIES: list[tuple[str, bool]] = [
    ("", False),
    ("&&", False),
    ("include_full_program=true", True),
    ("include_full_program=false", False),
    ("include%5Ffull%5fprogram=%74rue", True),
    # Other names say nothing, however often they come.
    ("include_full_program=true&x&x=1&x=%00&=&customer[shopid]=1", True),
    ("Include_Full_Program=1", False),
    ("include_full_program;=true", False),
    ("&".join(["x=1"] * 100), False),
    ("customer={}", False),
    ('customer={"shopid":"1001"}&include_full_program=true', True),
    ("customer=+" + quote('{"shopid": "1001", "x": [1.5]}') + "+", False),
]
"""Queries of CustomerBalance3 with a customer token, and whether they ask for the full program."""
