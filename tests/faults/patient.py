"""The settings of a server whose worker waits for a mail server as long as any test lasts.

What goes meanwhile did not wait behind it: no clock has to say so.
"""

from typing import Any

from config.settings import *  # noqa: F403
from config.settings import MAILERS as OF_A_SERVER

_usual: Any = OF_A_SERVER["default"]
MAILERS = {"default": _usual | {"OPTIONS": _usual["OPTIONS"] | {"timeout": 3600}}}
