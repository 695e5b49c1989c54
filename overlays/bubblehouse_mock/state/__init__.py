"""What the mock remembers: shops, customers, points."""

from bubblehouse_mock.state.customer import Coupon, Customer, Ownership
from bubblehouse_mock.state.decoding import FixtureError, decode
from bubblehouse_mock.state.encoding import encode, time_text
from bubblehouse_mock.state.fixture import FixtureFile, FixtureSource
from bubblehouse_mock.state.keys import Key
from bubblehouse_mock.state.ledger import Change, Ledger, LedgerError
from bubblehouse_mock.state.settings import Settings
from bubblehouse_mock.state.shop import Shop

__all__ = [
    "Change",
    "Coupon",
    "Customer",
    "FixtureError",
    "FixtureFile",
    "FixtureSource",
    "Key",
    "Ledger",
    "LedgerError",
    "Ownership",
    "Settings",
    "Shop",
    "decode",
    "encode",
    "time_text",
]
