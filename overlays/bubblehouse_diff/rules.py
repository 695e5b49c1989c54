"""The rules: whom each kind of change breaks, and how to say so."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

from bubblehouse_diff.changes import Change

CALLERS: Final = frozenset({"callers"})
SERVER: Final = frozenset({"server"})
BOTH: Final = CALLERS | SERVER
NOBODY: Final[frozenset[str]] = frozenset()

_SHORT: Final = 60  # characters of a value in a line for people


class Rule(NamedTuple):
    """One rule.

    Attributes:
        breaks: Whom it breaks: callers of the client, or the server side: then a server that kept to the old contract
            fails the tests of the new one.
        sentence: What happened, for people, and after a colon what that means; `{place}`, `{before}` and `{after}` are
            filled in.
        adds: Whether callers can do more than before.
    """

    breaks: frozenset[str]
    sentence: str
    adds: bool = False


# What is allowed can shrink, grow, or turn into something else; whom that breaks depends on who sends it. The contract
# tests try both sides of each bound of an input, so that each change of an input concerns the server.
_TAILS: Final = {
    ("input", "narrowed"): Rule(BOTH, "what callers send may be refused now"),
    ("input", "widened"): Rule(SERVER, "the server has to accept more", adds=True),
    ("input", "changed"): Rule(BOTH, "what callers send may be refused now, and the server has to accept more"),
    ("output", "narrowed"): Rule(SERVER, "the server promises more"),
    ("output", "widened"): Rule(CALLERS, "callers may get what they don't expect"),
    ("output", "changed"): Rule(BOTH, "callers may get what they don't expect, and the server promises more"),
}

_BOUND: Final = ("narrowed", "widened")
_ANY: Final = (*_BOUND, "changed")
_FACETS: Final = {
    "additional": ("further properties of {place}", _BOUND),
    "allof": ("what {place} is composed of", _ANY),
    "alternatives": ("the alternatives of {place}", _ANY),
    "discriminator": ("what tells the alternatives of {place} apart", ("changed",)),
    "enum": ("the values of {place}", _ANY),
    "format": ("the format of {place}", _ANY),
    "keyword": ("the keyword {place}", ("changed",)),
    "maximum": ("the upper bound of {place}", _BOUND),
    "minimum": ("the lower bound of {place}", _BOUND),
    "multiple": ("the multiple of {place}", _ANY),
    "pattern": ("the pattern of {place}", _ANY),
    "type": ("the type of {place}", _ANY),
}


_SWITCHES: Final = {
    ("null", "narrowed"): "{place} can no longer be null",
    ("null", "widened"): "{place} can be null now",
    ("unique", "narrowed"): "items of {place} can no longer repeat",
    ("unique", "widened"): "items of {place} can repeat now",
}


def _facets() -> dict[str, Rule]:
    heads = {
        (facet, movement): f"{what} {movement} from {{before}} to {{after}}"
        for facet, (what, movements) in _FACETS.items()
        for movement in movements
    }
    return {
        f"{direction}-{facet}-{movement}": tail._replace(sentence=f"{head}: {tail.sentence}")
        for (facet, movement), head in (heads | _SWITCHES).items()
        for (direction, moves), tail in _TAILS.items()
        if moves == movement
    }


RULES: Final = {
    **_facets(),
    # ---- properties, parameters, bodies ----
    "input-optional-added": Rule(SERVER, "optional input {place} added", adds=True),
    "input-required-added": Rule(BOTH, "required input {place} added: calls without it are refused now"),
    "input-removed": Rule(CALLERS, "input {place} removed: whoever sends it has no effect any more"),
    "input-became-required": Rule(BOTH, "input {place} became required: calls without it are refused now"),
    "input-became-optional": Rule(SERVER, "input {place} became optional: calls without it are fine", adds=True),
    "input-required-with-added": Rule(BOTH, "input {place} is needed with {after} now"),
    "input-required-with-removed": Rule(SERVER, "input {place} is no longer needed with {before}", adds=True),
    "input-default-changed": Rule(BOTH, "the default of {place} went from {before} to {after}"),
    "input-deprecated": Rule(NOBODY, "input {place} is deprecated now"),
    "input-undeprecated": Rule(NOBODY, "input {place} is no longer deprecated"),
    "input-style-changed": Rule(BOTH, "{place} is written as {after} now, not as {before}"),
    "output-optional-added": Rule(NOBODY, "output {place} added; it may be missing", adds=True),
    "output-required-added": Rule(SERVER, "output {place} added; it is always there", adds=True),
    "output-removed": Rule(CALLERS, "output {place} removed: whoever reads it finds nothing"),
    "output-became-required": Rule(SERVER, "output {place} is always there now"),
    "output-became-optional": Rule(CALLERS, "output {place} may be missing now"),
    "output-default-changed": Rule(CALLERS, "what a missing {place} stands for went from {before} to {after}"),
    "output-deprecated": Rule(NOBODY, "output {place} is deprecated now"),
    "output-undeprecated": Rule(NOBODY, "output {place} is no longer deprecated"),
    "body-added": Rule(SERVER, "{place} takes an input now", adds=True),
    "body-required-added": Rule(BOTH, "{place} needs an input now: calls without it are refused"),
    "body-removed": Rule(CALLERS, "{place} takes no input any more"),
    "input-media-type-added": Rule(SERVER, "{place} takes {after}, too", adds=True),
    "input-media-type-removed": Rule(CALLERS, "{place} no longer takes {before}"),
    "output-media-type-added": Rule(CALLERS, "{place} may be answered as {after}"),
    "output-media-type-removed": Rule(BOTH, "{place} is no longer answered as {before}"),
    # ---- operations ----
    "operation-added": Rule(SERVER, "function {place} added", adds=True),
    "operation-removed": Rule(CALLERS, "function {place} removed"),
    "operation-renamed": Rule(CALLERS, "function {before} is called {after} now, at the same address"),
    "operation-moved": Rule(BOTH, "function {place} moved from {before} to {after}"),
    "operation-deprecated": Rule(NOBODY, "function {place} is deprecated now"),
    "operation-undeprecated": Rule(NOBODY, "function {place} is no longer deprecated"),
    "verb-added": Rule(SERVER, "{place} answers {after}, too", adds=True),
    "verb-removed": Rule(CALLERS, "{place} no longer answers {before}"),
    "kind-changed": Rule(BOTH, "{place} was a {before} call and is a {after} call: it is retried by other rules"),
    # ---- security, servers, limits ----
    "security-added": Rule(SERVER, "{place} takes {after}, too", adds=True),
    "security-removed": Rule(BOTH, "{place} no longer takes {before}"),
    "security-scheme-changed": Rule(BOTH, "the form of {place} went from {before} to {after}"),
    "server-added": Rule(NOBODY, "server {after} added", adds=True),
    "server-removed": Rule(CALLERS, "server {before} removed"),
    "server-default-changed": Rule(CALLERS, "calls go to {after} unless told otherwise, no longer to {before}"),
    "server-variable-default-changed": Rule(CALLERS, "{place} is {after} unless told otherwise, not {before}"),
    "server-variable-value-added": Rule(SERVER, "{place} can be {after}, too", adds=True),
    "server-variable-value-removed": Rule(CALLERS, "{place} can no longer be {before}"),
    "rate-limit-lowered": Rule(CALLERS, "the limit {place} went from {before} to {after}"),
    "rate-limit-raised": Rule(SERVER, "the limit {place} went from {before} to {after}"),
    # ---- answers ----
    "success-status-added": Rule(CALLERS, "{place} is a new success, which clients of today don't read"),
    "success-status-removed": Rule(BOTH, "the success {place} no longer comes"),
    "error-status-added": Rule(SERVER, "the error status {place} is documented now"),
    "error-status-removed": Rule(SERVER, "the error status {place} is no longer documented"),
    "header-added": Rule(NOBODY, "the answer's header {place} added", adds=True),
    "header-removed": Rule(CALLERS, "the answer's header {place} removed"),
    "error-id-added": Rule(SERVER, "error {place} ({after}) added, with an exception of its own", adds=True),
    "error-id-removed": Rule(BOTH, "error {place} ({before}) removed: nothing raises its exception any more"),
    "error-id-moved": Rule(BOTH, "error {place} moved from {before} to {after}: its exception has another base"),
    "error-scope-changed": Rule(CALLERS, "error {place} went from scope {before} to {after}: another base class"),
    "link-added": Rule(NOBODY, "the link {place} added"),
    "link-removed": Rule(NOBODY, "the link {place} removed: the contract tests no longer follow it"),
    "link-changed": Rule(NOBODY, "the link {place} changed from {before} to {after}"),
    "input-renamed": Rule(BOTH, "input {place} is called {after} now"),
    "output-renamed": Rule(BOTH, "output {place} is called {after} now"),
    # ---- what breaks nobody ----
    "schema-added": Rule(NOBODY, "type {place} added", adds=True),
    "schema-removed": Rule(CALLERS, "type {place} removed, and its class with it"),
    "text-changed": Rule(NOBODY, "the text of {place} changed ({after})"),
    "extension-changed": Rule(NOBODY, "{place} changed from {before} to {after}"),
    "keyword-changed": Rule(BOTH, "{place} changed from {before} to {after}, for which there is no rule: judge it"),
    "assumption-added": Rule(NOBODY, "assumed now: {after} ({place})"),
    "assumption-changed": Rule(NOBODY, "what is assumed of {place} changed"),
    "assumption-dropped": Rule(NOBODY, "no longer assumed: {before} ({place})"),
    "assumption-became-fact": Rule(NOBODY, "what was assumed of {place} is documented now"),
}


def sentence_of(change: Change) -> str:
    """Return what happened, for people."""
    return _filled(RULES[change.rule].sentence, change, change.place)


def headline_of(change: Change, places: Iterable[str]) -> str:
    """Return what happened in several places, in short and in Markdown, without what it means.

    Args:
        change: The change in one of the places.
        places: All of them.
    """
    head = RULES[change.rule].sentence.partition(": ")[0]
    quoted = replace(change, before=_quoted(change.before), after=_quoted(change.after))
    return _filled(head, quoted, ", ".join(f"`{place}`" for place in places))


def _filled(sentence: str, change: Change, place: str) -> str:
    where = f"in {change.version}, " if change.version else ""
    return where + sentence.format(place=place, before=change.before or "none", after=change.after or "none")


def _quoted(value: str) -> str:
    return f"`{value if len(value) <= _SHORT else value[: _SHORT - 1] + '…'}`" if value else ""
