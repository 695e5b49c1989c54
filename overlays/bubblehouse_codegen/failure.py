"""The one way in which regeneration fails."""


class CodegenError(Exception):
    """The client can't be generated; the message says what to mend in the contract, an overlay or a template."""
