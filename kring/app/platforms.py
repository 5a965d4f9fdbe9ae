"""Which of four ways a device has to put a page among its apps."""

from enum import StrEnum


class Platform(StrEnum):
    """As told by what the browser calls itself; an iPad calls itself a Mac, and its page knows."""

    SAFARI = "safari"
    """Safari on an iPhone or iPad."""
    IOS = "ios"
    """Another browser on an iPhone or iPad: since iOS 16.4 these can do it too."""
    ANDROID = "android"
    COMPUTER = "computer"


OTHER_BROWSERS_OF_IOS = ("CriOS", "FxiOS", "EdgiOS", "OPiOS", "OPT/", "DuckDuckGo", "GSA/")


def of(user_agent: str) -> Platform:
    """The platform that this looks like."""
    if any(name in user_agent for name in ("iPhone", "iPad", "iPod")):
        others = any(name in user_agent for name in OTHER_BROWSERS_OF_IOS)
        return Platform.IOS if others else Platform.SAFARI
    return Platform.ANDROID if "Android" in user_agent else Platform.COMPUTER
