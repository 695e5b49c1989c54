"""The one way in which checking fails."""


class DocsError(Exception):
    """A page, the contract or the explained differences can't be read; the message names the file and what to do."""
