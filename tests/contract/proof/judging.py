"""How schemathesis is set up: what it generates, and which of its checks judge the answers."""

from collections.abc import Mapping
from typing import Any

from tests.contract.proof.contract import Contract
from tests.contract.proof.target import Target

Settings = dict[str, Any]

# Malformed input is refused before anybody asks who it is about or what the rules say. That order is an assumption: a
# stranger may have another.
_REFUSALS = ["400", "401", "405", "413", "415", "429"]
_STRANGERS_REFUSALS = [*_REFUSALS, "403", "404", "422"]

_METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"]
_SLOWEST = 6.0  # seconds; the docs let the server delay a call by up to 5
_FROM_DICTIONARY = 0.7  # the share of values that are not drawn at random, where there is a dictionary


def settings(
    target: Target, contract: Contract, *, seed: int, examples: int, dictionaries: Mapping[str, list[Any]]
) -> Settings:
    """Return the settings of a full pass: all phases, all checks that make sense.

    Args:
        target: The server.
        contract: Its contract.
        seed: Makes the pass repeatable, together with a fresh state of the server.
        examples: How many cases the fuzzing phase draws per operation.
        dictionaries: Values worth trying, by the argument they are for.
    """
    ours = target.control is not None
    dictionaries = {name: values for name, values in dictionaries.items() if values}
    bound = {f"body.{name}": {"dictionary": name, "probability": _FROM_DICTIONARY} for name in dictionaries}
    return {
        "seed": seed,
        "continue-on-failure": True,
        # A redirect is an answer like any other: no token of ours goes where it points.
        "max-redirects": 0,
        "base-url": f"{target.base_url}/{contract.version}",
        # Nothing learned in earlier runs or from whatever code is loaded: the same seed is the same run.
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        "generation": {
            "database": "none",
            "max-examples": examples,
            # Authorization comes from `Callers`; random values of it would only be stopped at the door.
            "with-security-parameters": False,
        },
        "dictionaries": {name: {"values": values} for name, values in dictionaries.items()},
        "parameters": {"path.shop": target.shop, **bound},
        "phases": {
            "coverage": {"unexpected-methods": _METHODS},
            # A scenario is up to six calls, and few of them lead to the rarer links.
            "stateful": {"generation": {"max-examples": 2 * examples}},
        },
        "checks": _checks(_REFUSALS if ours else _STRANGERS_REFUSALS),
    }


def paths_alone(full: Settings) -> Settings:
    """Return the settings of a pass over bad paths.

    What is pinned is not varied, so the shop's name isn't pinned here, and no call gets past the door.
    """
    phases: Settings = {name: {"enabled": False} for name in ("examples", "fuzzing", "stateful")}
    return full | {
        "parameters": {name: value for name, value in full["parameters"].items() if name != "path.shop"},
        "phases": phases | {"coverage": {"generation": {"mode": "negative"}}},
        "checks": _checks([*_REFUSALS, "404"]),
    }


def links_alone(full: Settings, seed: int) -> Settings:
    """Return the settings of a pass that only follows links, by another seed."""
    phases: Settings = {name: {"enabled": False} for name in ("examples", "coverage", "fuzzing")}
    return full | {"seed": seed, "phases": phases | {"stateful": full["phases"]["stateful"]}}


def examples_alone(full: Settings) -> Settings:
    """Return the settings of a pass over the documented examples, every one of which may be stopped on the way."""
    phases: Settings = {name: {"enabled": False} for name in ("coverage", "fuzzing", "stateful")}
    stopped: Settings = {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "403", "404", "413", "422", "429"]},
        "ignored_auth": {"enabled": False},  # whoever calls has one token for all of these calls
    }
    return full | {"phases": phases, "checks": full["checks"] | stopped}


def _checks(refusals: list[str]) -> Settings:
    return {
        # On, as they are: not_a_server_error, status_code_conformance, content_type_conformance,
        # response_headers_conformance, response_schema_conformance, unsupported_method, allow_header_conformance,
        # ignored_auth.
        "max_response_time": _SLOWEST,
        # 422 is how rules refuse well-formed calls. Not 400: `names_somebody` knows the one id of it that may come.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "422", "429"]},
        "negative_data_rejection": {"expected-statuses": refusals},
        # Off, since an RPC API has no resources with addresses of their own: nothing is created by POST and then read
        # by GET at its Location, and nothing is ever deleted.
        "use_after_free": {"enabled": False},
        "ensure_resource_availability": {"enabled": False},
        # Off: it replays GET alone. The error matrix asks every operation about another customer.
        "object_level_authorization": {"enabled": False},
        # Off: the only required header is Authorization, and that is what ignored_auth leaves out.
        "missing_required_header": {"enabled": False},
    }
