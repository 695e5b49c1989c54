"""The control plane: what looks at the shops, changes them and starts over, from Python and under /__mock__/."""

from bubblehouse_mock.control.gate import ANYBODY, PREFIX, Access
from bubblehouse_mock.control.plane import ControlPlane
from bubblehouse_mock.control.shops import NotFoundError

__all__ = ["ANYBODY", "PREFIX", "Access", "ControlPlane", "NotFoundError"]
