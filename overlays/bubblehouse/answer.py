"""The HTTP answer behind a result: what came, and what it took to get it."""

from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from bubblehouse.transport import Headers, Response


class Answer(NamedTuple):
    """How a call was answered.

    Attributes:
        operation: The function that was called.
        response: The last answer, as it came. Its headers and body are in no repr.
        attempts: How often the call was sent.
        elapsed: Seconds from the call to its result, waiting included.
    """

    operation: str
    response: "Response"
    attempts: int
    elapsed: float

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    @property
    def headers(self) -> "Headers":
        """Names and values, as the server sent them."""
        return self.response.headers

    @property
    def content(self) -> bytes:
        """The body, decompressed."""
        return self.response.content

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None.

        Args:
            name: The header's name, in any case.
        """
        return self.response.header(name)


class ApiObject:
    """An object of the API: made of JSON, written as JSON. A call may have returned it.

    Subclasses have a slot `_answer`, which only calls fill.
    """

    __slots__ = ()

    _answer: Answer

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Build it from decoded JSON, or raise DecodeError."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON-ready data, or raise EncodeError."""
        raise NotImplementedError

    @property
    def answer(self) -> Answer:
        """The HTTP answer that this was read from. Copies, parts and pickles don't have it.

        Raises:
            AttributeError: No call returned this object.
        """
        try:
            return self._answer
        except AttributeError:
            raise AttributeError(f"this {type(self).__name__} is not what a call returned: it has no answer") from None


def attach(result: ApiObject, answer: Answer) -> None:
    """Tell a result where it came from.

    Args:
        result: What a call returns.
        answer: The answer that it was read from.
    """
    object.__setattr__(result, "_answer", answer)
