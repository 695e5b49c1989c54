"""The API reference: one HTML file, made from the resolved contract. Nothing in it comes from elsewhere."""

import unicodedata

from jinja2 import Environment, PackageLoader, StrictUndefined

from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.reference import page
from bubblehouse_codegen.reference.python import Calls
from bubblehouse_codegen.reference.texts import prose


def reference(contract: Document, view: Document, calls: Calls, header: str) -> str:
    """Write the reference.

    Args:
        contract: The resolved contract.
        view: The contract as reshaped for the generator; it has the names that Python uses.
        calls: How a function is called in Python.
        header: What the file says of itself.

    Returns:
        The page; the same bytes for the same contract.

    Raises:
        CodegenError: An example names a property that its schema lacks.
    """
    environment = Environment(
        loader=PackageLoader("bubblehouse_codegen.reference", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["prose"] = prose
    made = environment.get_template("page.html.jinja").render(page=page.of(contract, view, calls), header=header)
    # What can't be seen could turn the reading direction round, and half a character can't be written.
    return "".join(char for char in made if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
