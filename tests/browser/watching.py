"""What no page may do, whatever a test looks at: fail, complain, or talk to anybody else."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

AT_HOME = ("data:", "blob:", "about:")
# Chromium writes each answer of 400 and more to the console; which of those are right, tests say.
ANSWERED = "Failed to load resource: the server responded with a status of 4"


class Watch:
    """Follows every page of a window; ``problems`` are what nobody expected."""

    def __init__(self, window: BrowserContext, origin: str, forgiven: tuple[str, ...] = ()) -> None:
        self.origin = origin
        self.forgiven = (ANSWERED, *forgiven)  # how complaints begin that are right here
        self.problems: list[str] = []
        self.refused: list[str] = []  # answers of 400 to 499: right or wrong, as the test has it
        window.on("request", self._request)
        window.on("response", self._response)
        window.on("console", self._console)
        window.on("weberror", self._error)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, *AT_HOME)):
            self.problems.append(f"asked elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        said = f"{response.status} {response.request.method} {response.url}"
        if response.status >= 500:
            self.problems.append(said)
        elif response.status >= 400:
            self.refused.append(said)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(self.forgiven):
            where = message.page.url if message.page else "?"
            self.problems.append(f"console of {where}: {message.text}")

    def _error(self, error: WebError) -> None:
        where = error.page.url if error.page else "?"
        self.problems.append(f"script of {where}: {error.error}")
