"""Docstrings, written from the contract's texts."""

import inspect
import re
import textwrap
import unicodedata
from collections.abc import Iterable

from bubblehouse_codegen.contract import ErrorClass, Function, python_name
from bubblehouse_codegen.models import FieldView

_WIDTH = 116


def of_method(function: Function, arguments: list[FieldView], result: str, returned: list[FieldView]) -> str:
    """Write a client method's docstring: meaning, arguments, what comes back, what is raised, and the vendor's page.

    Args:
        function: The function that the method calls.
        arguments: The fields of its input.
        result: The name of its output's class.
        returned: The fields of its output.
    """
    sections = [
        _sentence(function.summary or function.name),
        _paragraphs(function.deprecation, 8),
        _paragraphs(function.description, 8),
        _section("Args", [*(_entry(field.argument, field.description) for field in arguments), _OPTIONS]),
        _section(
            "Returns",
            [_entry(result, "The answer.") if not returned else f"            {result}:\n" + _fields(returned)],
        ),
        _section("Raises", [*(_raise(it, function) for it in function.errors), *_other_raises(function)]),
        f"        Docs: {function.docs_url}" if function.docs_url else "",
    ]
    return _join(sections, 8)


def of_model(name: str, description: str, fields: list[FieldView]) -> str:
    """Write a model's docstring: what it is, and its fields.

    Args:
        name: The class, for a schema without a description.
        description: The schema's description.
        fields: Its fields.
    """
    first, _, rest = description.strip().partition("\n\n")
    sections = [
        _paragraphs(first or f"{name}.", 4).strip(),
        _paragraphs(rest, 4),
        _section("Attributes", (_entry(field.name, field.description, 8) for field in fields), 4),
    ]
    return _join(sections, 4)


def of_error(error: ErrorClass, functions: Iterable[Function]) -> str:
    """Write an exception class's docstring: status, id, cause, and who raises it.

    Args:
        error: The documented error.
        functions: Every function of the contract.
    """
    raised_by = ", ".join(f"`{function.method}`" for function in functions if error in function.errors)
    first = _paragraphs(f"{error.status} `{error.error_id}`: {error.description}", 4).strip()
    return _join([first, _paragraphs(f"Raised by {raised_by}.", 4)], 4)


def of_enum(description: str) -> str:
    """Write the docstring of an enum's alias.

    Args:
        description: The schema's description.
    """
    known = "The values are those known today; one that is added later comes through as itself."
    return _join([_paragraphs(f"{description.strip()} {known}", 0)], 0)


def of_client(first: str, base: type) -> str:
    """Write a client's docstring: what it does, and the arguments that its base class takes.

    Args:
        first: What it does.
        base: The base class, whose docstring lists them.
    """
    _, _, rest = (inspect.getdoc(base) or "").partition("\n\n")
    for name in ("AsyncClient", "SyncClient"):
        rest = rest.replace(f"`{name}`", f"`{name.replace('Sync', '').replace('Client', 'LoyaltyClient')}`")
    return _join([first, textwrap.indent(rest, "    ")], 4)


def _raise(error: ErrorClass, function: Function) -> str:
    note = function.error_notes.get(error.name, "")
    return _entry(error.name, f"{error.status} `{error.error_id}`: {error.description} {note}")


def _other_raises(function: Function) -> list[str]:
    """What any call may raise beside the errors that the contract names for it."""
    if function.kind == "write":
        tell = f" `{python_name(function.outcome_read_by)}` tells." if function.outcome_read_by else ""
        unknown = ("OutcomeUnknownError", f"The call may or may not have been applied: don't repeat it blindly.{tell}")
        silence = "No answer came, and it is certain that nothing was applied."
        others = [unknown]
    else:
        silence = "No answer came."
        others = [
            ("ResponseValidationError", "The answer doesn't fit the contract."),
            ("ResponseTooLargeError", "The answer is larger than the transport reads."),
        ]
    others += [
        ("APIConnectionError", f"{silence} `APITimeoutError` below it where time ran out."),
        ("APIError", "An error that the contract doesn't name, as the class of its status."),
        ("InvalidArgumentError", "An argument can't be sent; nothing was."),
        ("ClientRateLimitError", "The client keeps rate limits, and they leave no room in time; nothing was sent."),
        ("TokenError", "No token could be had; nothing was sent."),
        ("ConfigurationError", "An option is wrong, or `api_version` lacks the function; nothing was sent."),
        ("ClientClosedError", "The client was closed; nothing was sent."),
    ]
    return [_entry(name, text) for name, text in others]


def _fields(fields: list[FieldView]) -> str:
    return "\n".join(_entry(field.name, field.description, 16) for field in fields)


def _entry(name: str, text: str, indent: int = 12) -> str:
    return _fill(f"{name}: {_one_line(text)}".strip(), indent, indent + 4)


def _fill(text: str, indent: int, hanging: int | None = None) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hanging is None else hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _section(title: str, entries: Iterable[str], indent: int = 8) -> str:
    lines = "\n".join(entries)
    return f"{' ' * indent}{title}:\n{lines}" if lines else ""


def _paragraphs(text: str, indent: int) -> str:
    # A list's items stay on lines of their own; all else is filled.
    blocks = re.split(r"\n\s*\n|\n(?=\s*[-*] )", text.strip())
    filled = [_fill(_one_line(block), indent, indent + 2 * block.lstrip().startswith(("- ", "* "))) for block in blocks]
    return "\n\n".join(filled)


def _sentence(text: str) -> str:
    line = _one_line(text)
    return line if line.endswith((".", "!", "?", ":")) else f"{line}."


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _join(sections: Iterable[str], indent: int) -> str:
    body = "\n\n".join(section for section in sections if section.strip())
    # What can't be seen doesn't belong in source code: it could end a line, or turn the reading direction round.
    body = "".join(char for char in body if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    body = body.replace("\\", "\\\\").replace('"""', "'''")
    end = f"\n{' ' * indent}" if "\n" in body or body.endswith('"') else ""
    return f'"""{body}{end}"""'


_OPTIONS = _entry("options", "`timeout`, `max_retries` and `headers` for this call alone, as for `with_options`.")
