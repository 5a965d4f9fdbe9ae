"""To where Kring sends: an address that a browser gave is not trusted."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from socket import AddressFamily
from uuid import uuid4

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from django.db import connection
from pytest_django.fixtures import Settings

from kring.notifications.pushing import keys, line
from kring.notifications.pushing.allowed import LONGEST, PublicOnly, accepts, is_public
from kring.notifications.pushing.line import AT_ONCE, Answer, Line, Push
from tests.loops import run
from tests.push_service import PushService, running
from tests.unlocked import as_worker, unlocked

TAKEN = [
    "https://fcm.googleapis.com/fcm/send/abc:def",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "https://web.push.apple.com/QGuQyavXutnMH",
    "https://sin.notify.windows.com/w/?token=BQYAAA%3d",
]
REFUSED = [
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com:8443/fcm/send/abc",
    "https://fcm.googleapis.com@10.0.0.1/",
    "https://10.0.0.1/#@fcm.googleapis.com/",
    "https://fcm.googleapis.com.evil.example/",
    "https://evilpush.apple.com.example/x",
    "https://notify.windows.com/x",
    "https://.notify.windows.com/x",
    "https://evilnotify.windows.com/x",
    "https://FCM.googleapis.com/x",
    "https://fcm.googleapis.com\\@127.0.0.1/",
    "https://fcm.googleapis.com/x y",
    "https://fcm.googleapis.com/x\r\nHost: inside",
    "https://fcm.googleapis.com/x#part",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com./x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/x",
    "https://push.example/x",
    "ftp://fcm.googleapis.com/x",
    "//fcm.googleapis.com/x",
    "",
    "https://fcm.googleapis.com/" + "x" * LONGEST,
]


@pytest.mark.parametrize("endpoint", TAKEN)
def test_the_services_of_the_browsers_are_known(endpoint: str) -> None:
    assert accepts(endpoint)


@pytest.mark.parametrize("endpoint", REFUSED)
def test_nothing_else_is(endpoint: str) -> None:
    assert not accepts(endpoint)


def test_the_setting_names_others(settings: Settings) -> None:
    settings.PUSH_SERVICES = ["push.example", "*.push.example", "http://127.0.0.1:8000"]
    assert accepts("https://push.example/x")
    assert accepts("https://one.push.example/x")
    assert accepts("http://127.0.0.1:8000/x")
    assert not accepts("http://push.example/x")
    assert not accepts("http://127.0.0.1:8001/x")
    assert not accepts("https://127.0.0.1:8000/x")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *(
            "0.1.2.3",
            "100.64.0.1",
            "224.0.0.1",
            "::1",
            "fe80::1%eth0",
            "fd00::1",
            "::ffff:10.0.0.1",
        ),
        *("::ffff:10.0.0.1", "2002:7f00:1::", "ff02::1", "::", "not an address"),
    ],
)
def test_what_lies_inside_is_not_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["142.250.179.138", "2a00:1450:400e:80c::200a"])
def test_what_lies_outside_is(address: str) -> None:
    assert is_public(address)


class Says(AbstractResolver):
    """Leads a name to these addresses, another list each time."""

    def __init__(self, *told: Sequence[str]) -> None:
        self.told = list(told)

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self.told.pop(0)
        ]

    async def close(self) -> None:
        pass


def led(resolver: PublicOnly, host: str = "fcm.googleapis.com") -> list[str]:
    """Where a name leads."""
    return [one["host"] for one in run(resolver.resolve(host, 443))]


def test_a_known_name_that_leads_inside_leads_nowhere() -> None:
    resolver = PublicOnly(Says(["142.250.179.138"], ["127.0.0.1"], ["10.0.0.1", "142.250.179.138"]))
    assert led(resolver) == ["142.250.179.138"]
    with pytest.raises(OSError, match="no address of the internet"):
        led(resolver)  # the second time it says something else
    assert led(resolver) == ["142.250.179.138"]


def test_what_the_setting_names_may_lie_inside(settings: Settings) -> None:
    settings.PUSH_SERVICES = ["push.intern.example"]
    resolver = PublicOnly(Says(["10.0.0.1"], ["10.0.0.1"]))
    assert led(resolver, "push.intern.example") == ["10.0.0.1"]
    with pytest.raises(OSError, match="no address"):
        led(resolver)


# ── the line ─────────────────────────────────────────────────────────────────
@pytest.fixture
def opened() -> Iterator[Line]:
    """A line of the test's own."""
    made = Line()
    yield made
    made.close()


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    with running(PushService()) as listening:
        settings.PUSH_SERVICES = [listening.origin]
        settings.PUSH_CONTACT = "beheer@kring.example"
        yield listening


def to(service: PushService, answer: str) -> Push:
    phone = service.phone(answer)
    return Push(
        key=uuid4(),
        endpoint=phone.endpoint,
        p256dh=phone.p256dh,
        auth=phone.auth,
        payload=b"{}",
        topic="topic",
        seconds=60,
    )


def answers(opened: Line, *pushes: Push) -> list[line.Answer]:
    signer = keys.Signer(keys.new_pair()[1])
    by_key = {push.key: answer for group in opened.send(pushes, signer) for push, answer in group}
    return [by_key[push.key] for push in pushes]


def test_a_service_that_answers_nobody_is_left_alone_for_a_while(
    opened: Line, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SOON", 0.05)
    said = answers(opened, *(to(service, "hang") for _ in range(2 * AT_ONCE)))
    assert said.count(line.LATE) >= AT_ONCE
    (known,) = opened.services.values()
    known.answered_at = 0  # long ago
    assert answers(opened, to(service, "201")) == [line.SILENT]
    monkeypatch.setattr(line, "SOON", 5.0)
    known.left_alone_until = 0  # its time is over: a few are tried, and one that answers opens it
    assert answers(opened, to(service, "201")) == [Answer(201)]
    assert not known.is_silent()


def tried_again(opened: Line, service: PushService) -> line.Service:
    """As it stands when a service was left alone, and the time of that is over."""
    known = line.Service(service.origin, unanswered=AT_ONCE, answered_at=0)
    assert known.is_silent()
    known.left_alone_until = 0
    return opened.services.setdefault(service.origin, known)


def test_after_that_only_a_few_are_tried_and_where_they_hang_too_it_is_left_alone_again(
    opened: Line, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SOON", 0.2)
    known = tried_again(opened, service)
    said = answers(opened, *(to(service, "hang") for _ in range(2 * AT_ONCE)))
    assert said.count(line.LATE) == len(service.taken) == line.PROBES
    assert said.count(line.SILENT) == 2 * AT_ONCE - line.PROBES
    assert known.is_silent()


def test_where_one_of_those_few_is_answered_all_others_go_at_once(
    opened: Line, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tried_again(opened, service)
    monkeypatch.setattr(line, "SOON", 5.0)  # seconds: a busy machine is not a silent service
    monkeypatch.setattr(line, "SOONEST", 5.0)
    said = answers(opened, *(to(service, "201") for _ in range(2 * AT_ONCE)))
    assert said == [Answer(201)] * (2 * AT_ONCE)
    assert not known.is_silent()


def test_what_hangs_holds_a_place_for_ten_times_as_long_as_an_answer_takes() -> None:
    known = line.Service("https://push.example")
    assert known.soon() == line.SOON  # nothing is known of it yet
    for seconds, soon in ((0.001, line.SOONEST), (0.03, 0.3), (2.0, line.SOON)):
        for _ in range(200):
            known.answered(seconds)
        assert known.soon() == pytest.approx(soon, rel=0.01)


def test_a_service_that_became_slow_is_waited_for_as_long_as_it_takes(
    opened: Line, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SOON", 2.0)  # seconds: a busy machine is slow as well
    known = opened.services.setdefault(service.origin, line.Service(service.origin))
    for _ in range(200):
        known.answered(0.001)
    assert known.soon() == line.SOONEST
    service.seconds = line.SOONEST + 0.5
    assert line.LATE in answers(opened, to(service, "201"))
    while known.soon() < line.SOON:  # it learns from answers that came too late, too
        answers(opened, *(to(service, "201") for _ in range(20)))
    assert [one.status for one in answers(opened, to(service, "201"))] == [201]


def test_what_was_under_way_to_a_silent_service_does_not_silence_it_again() -> None:
    known = line.Service("https://push.example", unanswered=AT_ONCE, answered_at=0)
    assert known.is_silent()
    for _ in range(AT_ONCE):
        known.missed()
    known.left_alone_until = 0  # its time is over
    assert not known.is_silent()


def test_an_answer_that_comes_late_is_kept_until_it_is_asked_for(
    opened: Line, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SOON", 0.0)
    push = to(service, "410")
    assert answers(opened, push) == [line.LATE]
    while push.key not in opened.kept:
        assert push.key in opened.open or opened.kept
    assert [one.status for one in answers(opened, push)] == [410]
    assert len(service.taken) == 1


def test_no_more_than_so_many_are_left_open(
    opened: Line, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SOON", 0.05)
    monkeypatch.setattr(line, "MOST_LATE", 3)
    first, *others = [to(service, "hang") for _ in range(4)]
    assert set(answers(opened, first)) == {line.LATE}
    assert set(answers(opened, *others)) == {line.LATE}
    assert answers(opened, first) == [line.Answer(trouble="TimeoutError")]


def test_no_proxy_of_the_environment_is_used(
    opened: Line, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert [one.status for one in answers(opened, to(service, "201"))] == [201]


# ── the keys ─────────────────────────────────────────────────────────────────
def test_a_service_gets_a_token_for_itself_that_ends_within_a_day(settings: Settings) -> None:
    settings.PUSH_CONTACT = "beheer@kring.example"
    public, private = keys.new_pair()
    signer = keys.Signer(private)
    said = signer.authorization("https://fcm.googleapis.com")
    assert said == signer.authorization("https://fcm.googleapis.com")
    assert said != signer.authorization("https://web.push.apple.com")
    assert said.startswith("vapid t=")
    assert said.endswith(f"k={public}")


@pytest.mark.django_db
def test_the_pages_know_the_public_key_and_only_the_worker_the_other() -> None:
    public = keys.public_key()
    with as_worker():
        private = keys.private_key()
        assert keys.Signer(private).authorization("https://a.example").endswith(public)
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('kring_web', 'kring_push_secret()', 'EXECUTE')"
        )
        assert cursor.fetchone() == (False,)
        for role in ("kring_web", "kring_worker", "kring_app"):
            cursor.execute(
                "SELECT has_table_privilege(%s, 'notifications_pushkeys', 'SELECT')", [role]
            )
            assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_a_second_start_makes_no_second_pair() -> None:
    before = keys.public_key()
    with unlocked():
        keys.make_keys()
    assert keys.public_key() == before


def test_two_starts_at_once_make_one_pair(own_database: object) -> None:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_pushkeys")
    failed: list[BaseException] = []

    def start() -> None:
        try:
            with unlocked():
                keys.make_keys()
        except BaseException as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connection.close()

    both = [threading.Thread(target=start) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert failed == []
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notifications_pushkeys")
        assert cursor.fetchone() == (1,)
