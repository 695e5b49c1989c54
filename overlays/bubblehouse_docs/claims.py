"""What the contract says of one function, in the words of the docs and each with its place."""

from dataclasses import dataclass

from bubblehouse_docs.places import Place


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that the contract says."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class FieldClaim:
    """An input or output.

    Attributes:
        type: Its type, as the docs would print it.
        presence: `required`, `optional` or `required if using a shop token`.
        link: The schema that its type refers to; empty for types without one.
        place: Where it stands.
        assumed: Whether it is an assumption: only an overlay has it.
    """

    type: str
    presence: str
    link: str
    place: Place
    assumed: bool


@dataclass(frozen=True, slots=True)
class Body:
    """The inputs or outputs of a function.

    Attributes:
        name: The name of the schema; empty where it has none.
        place: Where the schema stands.
        fields: The fields by name.
    """

    name: str
    place: Place
    fields: dict[str, FieldClaim]


@dataclass(frozen=True, slots=True)
class ErrorClaim:
    """An error that a function may answer.

    Attributes:
        id: Its id.
        scope: `global`, `api` or `operation`.
        status: Its status.
        reason: Whether the contract says when it is answered.
        place: Where its schema stands.
        status_place: Where the status stands in the function.
        assumed: Whether it is an assumption: only an overlay has it.
    """

    id: str
    scope: str
    status: str
    reason: bool
    place: Place
    status_place: Place
    assumed: bool


@dataclass(frozen=True, slots=True)
class Function:
    """All that the contract says of one function, as one verb calls it."""

    name: Claim
    verbs: dict[str, Claim]
    kind: Claim
    url: Claim
    tokens: dict[str, Claim]
    input: Body
    output: Body
    errors: list[ErrorClaim]
