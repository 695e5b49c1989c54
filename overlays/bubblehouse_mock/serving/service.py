"""The mock as those see it who bring it requests from a network: always an answer, and how long a body may be."""

import logging
from typing import Final

from bubblehouse_mock.control import PREFIX, Access
from bubblehouse_mock.faults import DroppedConnectionError
from bubblehouse_mock.jsontext import dump
from bubblehouse_mock.messages import MAX_BODY, MAX_CONTROL_BODY, Request, Response
from bubblehouse_mock.mock import BubblehouseMock

BODY_PATIENCE: Final = 10.0
"""Seconds for a body to arrive. What is there by then is answered."""

DRAINED: Final = 16 * MAX_BODY
"""Bytes beyond the longest body that are read and dropped, so that whoever sends them can read the refusal."""

_logger: Final = logging.getLogger(__name__)
_CONTROL: Final = PREFIX.encode()


class Service:
    """A mock that is served.

    Args:
        mock: The mock.
        control: Who may use the control plane, which hands out secrets and changes everything; None where nobody may.
    """

    def __init__(self, mock: BubblehouseMock, control: Access | None) -> None:
        self._mock = mock
        self._control = control

    def longest_body(self, path: bytes) -> int:
        """Return how many bytes the body of a request may have. One more is to be read: it tells that there are more.

        Args:
            path: The request's path.
        """
        return MAX_CONTROL_BODY if self._control is not None and _CONTROL in path else MAX_BODY

    def answer(self, request: Request) -> Response:
        """Answer a request, whatever happens.

        Raises:
            DroppedConnectionError: A fault has it so.
        """
        try:
            return self._mock.handle(request, control=self._control)
        except DroppedConnectionError:
            raise
        except Exception:  # the last resort: a client of the API expects JSON whatever happens
            _logger.exception("The mock failed to answer")
            return Response(
                status=500, body=dump({"id": "internal_error", "message": "The mock failed; its log says where"})
            )
