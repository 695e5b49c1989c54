"""What a page of the vendor's docs says of one function, in the page's own words."""

from dataclasses import dataclass, field

from bubblehouse_docs.lines import Stated


@dataclass(frozen=True, slots=True)
class Field:
    """An input or output.

    Attributes:
        line: Where its row begins.
        name: Its name; empty where the page has lost it.
        type: Its type as printed; empty where it isn't stated.
        presence: `required`, `optional` or what else is printed; empty where it isn't stated.
        link: The name of the type that its type links to; empty in text, and for types without a page.
    """

    line: int
    name: str
    type: str
    presence: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The inputs or outputs of a function.

    Attributes:
        line: Where its heading stands.
        type: The type that stands there instead of fields, if one does.
        fields: The fields, in the page's order.
        link: The name of the type that `type` links to; empty in text.
    """

    line: int
    type: Stated | None
    fields: tuple[Field, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """An error.

    Attributes:
        scope: The heading of its table.
        status: The status; its text is empty where the cell is.
        id: The id; likewise.
        reason: Whether a reason is given.
        example: The id in the example body, or the body itself where it isn't JSON with an id; None without an example.
    """

    scope: str
    status: Stated
    id: Stated
    reason: bool
    example: Stated | None = None


@dataclass(slots=True)
class Page:
    """A page, as far as it could be read.

    Attributes:
        path: The file, as it was given.
        api: The API that it belongs to, such as `Loyalty API`.
        function: The function's name, from the heading.
        heading_kind: `Read Call` or `Write Call`, above the name in some revisions.
        facts: The rows above the sections: Method, Kind, URL, Authentication.
        input: The Input section, if there is one.
        output: The Output section, if there is one.
        error_tables: The headings of the tables of errors, and their lines.
        errors: All rows of all tables of errors.
        unclear: What stands in a place of facts and couldn't be read.
    """

    path: str
    api: str = ""
    function: Stated | None = None
    heading_kind: Stated | None = None
    facts: dict[str, Stated] = field(default_factory=dict[str, Stated])
    input: Section | None = None
    output: Section | None = None
    error_tables: dict[str, int] = field(default_factory=dict[str, int])
    errors: list[ErrorRow] = field(default_factory=list[ErrorRow])
    unclear: list[Stated] = field(default_factory=list[Stated])
