"""A server on this machine."""

from loopback import server

__all__ = ["server"]
