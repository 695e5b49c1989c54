"""Checks one page: reads it, compares it, and explains what is known or drafts what isn't."""

from dataclasses import dataclass
from pathlib import Path

from bubblehouse_docs.comparison import compare, functions_of, version_of
from bubblehouse_docs.contract import Contract
from bubblehouse_docs.differences import Explained, explain
from bubblehouse_docs.draft import draft
from bubblehouse_docs.findings import Finding
from bubblehouse_docs.interpretation import interpret
from bubblehouse_docs.reading import read_lines


@dataclass(frozen=True, slots=True)
class Checked:
    """A page that was compared.

    Attributes:
        path: The file, as it was given.
        function: Its function, and its global version where that one differs from the default; the page's own name for
            it where the contract doesn't have it.
        findings: All differences, explained ones among them.
        draft: The draft of an operation; empty if the contract has the function.
    """

    path: str
    function: str
    findings: list[Finding]
    draft: str

    @property
    def unexplained(self) -> list[Finding]:
        """The differences that nobody has explained."""
        return [finding for finding in self.findings if not finding.reason]


def check(path: Path, contract: Contract, explained: list[Explained]) -> Checked:
    """Check a page.

    Args:
        path: The file.
        contract: The contract; the page is compared with that of the global version in its URL.
        explained: The explained differences.

    Raises:
        DocsError: The page can't be read.
    """
    page = interpret(str(path), read_lines(path))
    version = version_of(page)
    own = contract.of(version)
    contract, suffix = own, "" if own is contract else f" {version}"
    functions = functions_of(page, contract)
    findings = compare(page, functions, contract)
    if functions:
        known = functions[0].name.text + suffix
        return Checked(str(path), known, explain(known, findings, explained), "")
    name = page.function.text if page.function else "no function"
    return Checked(str(path), name, findings, draft(page, contract))
