"""The ways in which a letter reaches a person. Each can ``deliver``, and fail in these ways."""


class RefusedError(Exception):
    """The other side will never take this one; the rest may go on."""


class LaterError(Exception):
    """The other side does not take this one now; the rest may go on."""
