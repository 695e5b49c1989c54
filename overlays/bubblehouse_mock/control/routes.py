"""Where the control plane's actions are found over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from urllib.parse import unquote

from bubblehouse_mock.control import views
from bubblehouse_mock.control.plane import ControlPlane
from bubblehouse_mock.faults import Fault
from bubblehouse_mock.journal import Entry
from bubblehouse_mock.state import Change, Coupon, Customer, Fixture, Key, Ownership, Settings

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Shape: TypeAlias = "type | list[type] | tuple[type, ...] | None"
"""What a body is like: a class, a list of them, one of several classes, or no more than JSON."""

JSON: Final = "application/json"
YAML: Final = "application/yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One action.

    Args:
        method: The verb.
        path: Where it is, behind `PREFIX`. What stands in braces is an argument of the action.
        action: The action. Its docstring is what the document says of it.
        query: The arguments that stand in the query, each with what reads it.
        body: What the body is like, which goes in as the argument `data`; None where there is none.
        partial: Whether a part of the body will do, or nothing.
        answer: What comes back.
        media_type: The kind of text that comes back.
    """

    method: Method
    path: str
    action: Callable[..., object]
    query: Mapping[str, type] = field(default_factory=dict[str, type])
    body: Shape = None
    partial: bool = False
    answer: Shape = None
    media_type: str = JSON

    def match(self, path: str) -> dict[str, str] | None:
        """Return the arguments that stand in a path, percent-decoded; None where the path is another one's."""
        steps, names = self.path.split("/"), path.split("/")
        if len(steps) != len(names):
            return None
        pairs = list(zip(steps, names, strict=True))
        if any(step != name for step, name in pairs if not step.startswith("{")):
            return None
        return {step[1:-1]: unquote(name) for step, name in pairs if step.startswith("{")}


_STATE: Final = (Fixture, views.Shops)
_LIST: Final = {"after": int, "limit": int}

ROUTES: Final = (
    Route(method="GET", path="config", action=ControlPlane.config, answer=views.Config),
    Route(method="GET", path="contract.json", action=ControlPlane.contract),
    Route(method="GET", path="state", action=ControlPlane.state, answer=_STATE),
    Route(method="PUT", path="state", action=ControlPlane.load, body=_STATE, answer=views.Config),
    Route(method="GET", path="state.yaml", action=ControlPlane.export, media_type=YAML),
    Route(method="POST", path="reset", action=ControlPlane.reset, answer=views.Config),
    Route(method="GET", path="clock", action=ControlPlane.clock, answer=views.Time),
    Route(
        method="POST",
        path="clock/freeze",
        action=ControlPlane.freeze_clock,
        body=views.Freeze,
        partial=True,
        answer=views.Time,
    ),
    Route(
        method="POST", path="clock/advance", action=ControlPlane.advance_clock, body=views.Advance, answer=views.Time
    ),
    Route(method="POST", path="clock/run", action=ControlPlane.run_clock, answer=views.Time),
    Route(method="GET", path="faults", action=ControlPlane.faults, answer=[views.Pending]),
    Route(method="POST", path="faults", action=ControlPlane.add_fault, body=Fault, answer=[views.Pending]),
    Route(method="DELETE", path="faults", action=ControlPlane.clear_faults, answer=[views.Pending]),
    Route(method="GET", path="journal", action=ControlPlane.journal, query=_LIST, answer=[Entry]),
    Route(method="DELETE", path="journal", action=ControlPlane.clear_journal, answer=[Entry]),
    Route(method="GET", path="shops/{shop}/settings", action=ControlPlane.settings, answer=Settings),
    Route(
        method="PATCH",
        path="shops/{shop}/settings",
        action=ControlPlane.configure,
        body=Settings,
        partial=True,
        answer=Settings,
    ),
    Route(
        method="GET",
        path="shops/{shop}/customers",
        action=ControlPlane.customers,
        query={"search": str, "after": str, "limit": int},
        answer=views.Customers,
    ),
    Route(
        method="POST",
        path="shops/{shop}/customers",
        action=ControlPlane.add_customer,
        body=Customer,
        answer=Customer,
    ),
    Route(
        method="GET", path="shops/{shop}/customers/{customer_id}", action=ControlPlane.customer, answer=views.Standing
    ),
    Route(
        method="POST",
        path="shops/{shop}/customers/{customer_id}/changes",
        action=ControlPlane.add_change,
        body=Change,
        partial=True,
        answer=Change,
    ),
    Route(
        method="POST",
        path="shops/{shop}/customers/{customer_id}/achievements",
        action=ControlPlane.add_achievement,
        body=Ownership,
        partial=True,
        answer=Ownership,
    ),
    Route(
        method="PATCH",
        path="shops/{shop}/codes/{code}",
        action=ControlPlane.set_code,
        body=views.CodeStatus,
        answer=Coupon,
    ),
    Route(method="GET", path="shops/{shop}/keys", action=ControlPlane.keys, answer=[Key]),
    Route(method="POST", path="shops/{shop}/keys", action=ControlPlane.set_key, body=views.NewKey, answer=Key),
    Route(
        method="PATCH",
        path="shops/{shop}/keys/{key_id}",
        action=ControlPlane.change_key,
        body=views.KeyChange,
        answer=Key,
    ),
    Route(
        method="POST",
        path="shops/{shop}/tokens",
        action=ControlPlane.mint,
        body=views.TokenWish,
        partial=True,
        answer=views.Token,
    ),
)
