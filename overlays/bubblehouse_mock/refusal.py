"""How every stage and rule says no."""

from bubblehouse_mock.messages import Headers


class RefusalError(Exception):
    """A request is refused. The error id alone decides the status: the contract says which one it has.

    Args:
        error_id: An error id of the contract.
        message: What was wrong and what to do; where it is left out, the contract's own reason is given.
        headers: Headers that belong to the answer, such as `Allow`.
    """

    def __init__(self, error_id: str, message: str = "", *, headers: Headers = ()) -> None:
        super().__init__(f"{error_id}: {message}")
        self.error_id = error_id
        self.message = message
        self.headers = headers
