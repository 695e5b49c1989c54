"""The one way in which comparing fails."""


class DiffError(Exception):
    """A side of the comparison can't be read; the message names it and says what to do."""
