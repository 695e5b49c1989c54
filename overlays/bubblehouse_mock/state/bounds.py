"""Bounds that several kinds of state share."""


def refuse_negative(record: object, *names: str) -> None:
    """Pass a record whose named fields are zero, positive or None.

    Args:
        record: The record.
        names: Its fields, all of them numbers.

    Raises:
        ValueError: One is negative; the message names it.
    """
    for name in names:
        value = getattr(record, name)
        if value is not None and value < 0:
            raise ValueError(f"{name}={value} is negative")


def refuse_below_one(record: object, *names: str) -> None:
    """Pass a record whose named fields are 1 or more.

    Args:
        record: The record.
        names: Its fields, all of them numbers.

    Raises:
        ValueError: One is below 1; the message names it.
    """
    for name in names:
        value = getattr(record, name)
        if value < 1:
            raise ValueError(f"{name}={value} is below 1")
