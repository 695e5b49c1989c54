"""Calls of functions that the contract doesn't know yet: JSON objects in, JSON objects out."""

from collections.abc import Mapping
from typing import Self, cast

from bubblehouse.answer import ApiObject
from bubblehouse.fields import DecodeError, kind


class JsonObject(ApiObject, dict[str, object]):
    """A JSON object as it came, with the answer that it came in as its `answer`."""

    __slots__ = ("_answer",)

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Build it from decoded JSON.

        Args:
            data: What `json.loads` gave for an object.

        Raises:
            DecodeError: It is no object.
        """
        if not isinstance(data, Mapping):
            raise DecodeError(f"expected an object, got {kind(data)}")
        return cls(cast("Mapping[str, object]", data))

    def to_dict(self) -> dict[str, object]:
        """Return what is sent; values of Python's own that JSON lacks are written as the API has them."""
        return self
