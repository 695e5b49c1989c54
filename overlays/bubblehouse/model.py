"""What all generated models share: a table of fields in, conversion to and from JSON out."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Self, cast

from bubblehouse.answer import ApiObject
from bubblehouse.fields import DecodeError, EncodeError, Field, kind
from bubblehouse.unset import UNSET

__all__ = ["DecodeError", "EncodeError", "Model"]


class Model(ApiObject):
    """An object of the API. Subclasses are attrs classes that say which fields it has.

    Properties that the contract doesn't name are kept in `additional_properties` and sent back as they came, so that an
    old client doesn't lose what a new server says.
    """

    __slots__ = ("_answer",)

    FIELDS: ClassVar[tuple[Field, ...]] = ()

    additional_properties: dict[str, object]

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Build the model from decoded JSON.

        Args:
            data: What `json.loads` gave for an object.

        Raises:
            DecodeError: A required property is missing, or a value has another type than the contract says. It names
                the place inside the document.
        """
        if not isinstance(data, Mapping):
            raise DecodeError(f"expected an object, got {kind(data)}")
        rest = dict(cast("Mapping[str, object]", data))
        values: dict[str, object] = {}
        for field in cls.FIELDS:
            raw = rest.pop(field.wire, UNSET)
            if raw is UNSET:
                if field.required:
                    raise DecodeError("is required, and missing", (field.wire,))
                continue
            try:
                values[field.name] = field.codec.decode(raw)
            except DecodeError as error:
                raise DecodeError(error.problem, (field.wire, *error.path)) from None
        # Only subclasses have an __init__: attrs writes it, from the fields that FIELDS lists.
        build = cast("Callable[..., Self]", cls)
        return build(**values, additional_properties=rest)

    def to_dict(self) -> dict[str, object]:
        """Return the model as JSON-ready data; fields that are `UNSET` are left out.

        Raises:
            EncodeError: A field holds a value that can't be sent. It names the field.
        """
        data = dict(self.additional_properties)
        for field in self.FIELDS:
            value = getattr(self, field.name)
            if value is UNSET:
                if field.required:
                    raise EncodeError("is required", (field.name,))
                continue
            try:
                data[field.wire] = field.codec.encode(value)
            except EncodeError as error:
                raise EncodeError(error.problem, (field.name, *error.path)) from None
        return data

    def __repr__(self) -> str:
        shown = [(field.name, getattr(self, field.name)) for field in self.FIELDS]
        if self.additional_properties:
            shown.append(("additional_properties", self.additional_properties))
        arguments = ", ".join(f"{name}={value!r}" for name, value in shown if value is not UNSET)
        return f"{type(self).__name__}({arguments})"
