"""What the mock remembers: shops, customers, points."""

from bubblehouse_mock.state.customer import Coupon, Customer, Ownership
from bubblehouse_mock.state.decoding import NEVER, FixtureError, decode
from bubblehouse_mock.state.encoding import encode, time_text, to_yaml
from bubblehouse_mock.state.fixture import FixtureFile, FixtureSource
from bubblehouse_mock.state.keys import Key
from bubblehouse_mock.state.ledger import Change, Ledger, LedgerError
from bubblehouse_mock.state.settings import Settings
from bubblehouse_mock.state.shop import Fixture, Shop

__all__ = [
    "NEVER",
    "Change",
    "Coupon",
    "Customer",
    "Fixture",
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
    "to_yaml",
]
