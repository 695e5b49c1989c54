"""What all generated models share: a table of fields in, conversion to and from JSON out."""

from collections.abc import Callable, Mapping
from itertools import repeat
from typing import ClassVar, Final, Self, cast

from bubblehouse.answer import ApiObject
from bubblehouse.fields import DecodeError, EncodeError, Field, kind
from bubblehouse.unset import UNSET

__all__ = ["DecodeError", "EncodeError", "Model"]

_new: Final = object.__new__  # looked up in a class, it would cost as much as the call


class Model(ApiObject):  # noqa: PLW1641 - like a list, it has no hash, since it can change
    """An object of the API. Subclasses say which fields it has, in slots, in FIELDS and in a constructor by keyword.

    Models compare by value, can be changed, copied and pickled, and so can't be hashed. Properties that the contract
    doesn't name are kept in `additional_properties` and sent back as they came, so that an old client doesn't lose what
    a new server says.

    Attributes:
        FIELDS: The fields, in the order of the contract.
        ONE_OF: Names of fields of which one at least must say something, or the server could only refuse.
        additional_properties: Properties that the contract doesn't name, by their names in JSON.
    """

    __slots__ = ("__weakref__", "_answer", "additional_properties")

    FIELDS: ClassVar[tuple[Field, ...]] = ()
    ONE_OF: ClassVar[tuple[str, ...]] = ()

    additional_properties: dict[str, object]

    def __init__(self, additional_properties: dict[str, object] | None = None) -> None:
        self.additional_properties = {} if additional_properties is None else additional_properties

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Build the model from decoded JSON.

        Args:
            data: What `json.loads` gave for an object.

        Raises:
            DecodeError: A required property is missing, or a value has another type than the contract says. It names
                the place inside the document.
        """
        if type(data) is not dict:
            if not isinstance(data, Mapping):
                raise DecodeError(f"expected an object, got {kind(data)}")
            data = dict(cast("Mapping[str, object]", data))
        rest: dict[str, object] = data.copy()  # pyright: ignore[reportUnknownVariableType] - a cast would be a call
        model = _new(cls)
        try:
            model._read(rest)  # noqa: SLF001 - our own
        except DecodeError as error:
            raise model._placed(error, cast("dict[str, object]", data)) from None  # noqa: SLF001 - our own
        model.additional_properties = rest or {}  # a dict that was emptied keeps its memory
        return model

    def _read(self, rest: dict[str, object]) -> None:
        """Move what the fields name out of a dict and into them, in their order.

        Generated models do the same without a loop: they pass on what a codec would pass on as it is.
        """
        for field in self.FIELDS:
            value = rest.pop(field.wire, UNSET)
            setattr(self, field.name, value if value is UNSET and not field.required else field.codec.decode(value))

    def _placed(self, error: DecodeError, data: dict[str, object]) -> DecodeError:
        """Return an error of `_read` with the field it is of: the first that has no value yet."""
        field = next(field for field in self.FIELDS if not hasattr(self, field.name))
        if field.wire not in data:
            return DecodeError("is required, and missing", (field.wire,))
        return DecodeError(error.problem, (field.wire, *error.path))

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
        # What this version doesn't know may be what names it.
        if self.ONE_OF and not self.additional_properties and not any(map(getattr, repeat(self), self.ONE_OF)):
            raise EncodeError(f"one of {', '.join(self.ONE_OF)} is required, and must not be empty")
        return data

    def evolve(self, **changes: object) -> Self:
        """Return a copy with some fields changed. What isn't changed is shared, not copied.

        Args:
            changes: New values by the names of fields; `UNSET` leaves one out.

        Raises:
            TypeError: There is no field of that name.
        """
        build = cast("Callable[..., Self]", type(self))
        return build(**self._values() | changes)

    def _values(self) -> dict[str, object]:
        names = (*(field.name for field in self.FIELDS), "additional_properties")
        return {name: getattr(self, name) for name in names}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __getstate__(self) -> tuple[None, dict[str, object]]:
        return None, self._values()

    def __repr__(self) -> str:
        shown = [(field.name, getattr(self, field.name)) for field in self.FIELDS]
        if self.additional_properties:
            shown.append(("additional_properties", self.additional_properties))
        arguments = ", ".join(f"{name}={value!r}" for name, value in shown if value is not UNSET)
        return f"{type(self).__name__}({arguments})"
