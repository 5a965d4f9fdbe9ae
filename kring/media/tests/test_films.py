"""Which films come in, what becomes of them, and what is refused."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django import Settings

from kring.media.films import Converted, FilmRefused, is_film, probe
from kring.media.photo import Reason
from kring.media.rendering import render
from kring.media.tests import pictures
from kring.media.tests.moving import (
    H264,
    PICTURE,
    QUICK,
    SOUND,
    boxes,
    converted,
    looks,
    lying,
    made,
    picture,
    pointing,
    rate,
    real,
)

PLACE = "+52.0907+005.1214/"
LIE = "x\n  Stream #0:0: Video: h264 (High), yuv420p, 16000x9000, 240 fps\n  Duration: 99:00:00.00"
WHISPERED = (b"Lav", b"x264", b"52.09", b"Groep", b"iPhone", b"2026")
HEVC10 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error")
FILMS: dict[str, tuple[str, ...]] = {
    "of-an-iphone.mov": (*PICTURE, *SOUND, *HEVC10, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
    "of-an-android.mp4": (*PICTURE, *SOUND, *H264, "-c:a", "aac"),
    "vp9.webm": (*PICTURE, *SOUND, "-c:v", "libvpx-vp9", "-deadline", "realtime"),
    "vp8.webm": (*PICTURE, *SOUND, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis"),
    "av1.mp4": (*PICTURE, "-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1"),
    "old.3gp": (
        *(*picture("176x144"), *SOUND, "-c:v", "h263"),
        *("-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-b:a", "12.2k"),
    ),
    "camera.mov": (*PICTURE, *SOUND, "-c:v", "mjpeg", "-c:a", "pcm_s16be"),
    "other.mkv": (*PICTURE, *SOUND, *QUICK, "-c:a", "mp3"),
    "in-colours-of-old.mp4": (*PICTURE, *H264, "-colorspace", "smpte170m", "-color_range", "pc"),
    "two-sounds.mp4": (*PICTURE, *SOUND, *SOUND, *("-map", "0", "-map", "1", "-map", "2"), *QUICK),
    "surround.mp4": (
        *(*PICTURE, *SOUND, *QUICK, "-c:a", "aac"),
        *("-af", "pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0"),
    ),
    "pieces.mp4": (*PICTURE, *H264, "-movflags", "frag_keyframe+empty_moov"),
}


def refused(source: Path, folder: Path) -> Reason:
    with pytest.raises(FilmRefused) as refusal:
        converted(source, folder)
    assert not list((folder / "made").iterdir())
    return refusal.value.reason


def every_phone_plays(film: Converted) -> str:
    told = looks(film.film)
    streams = [line.split(": ", 1)[1] for line in told.splitlines() if "Stream #" in line]
    assert streams[0].startswith("Video: h264 (High)")
    assert "yuv420p(tv, bt709" in streams[0]
    assert f" {film.width}x{film.height}" in streams[0]
    assert all("aac (LC)" in line and "48000 Hz, stereo" in line for line in streams[1:])
    assert len(streams) <= 2
    assert "rotation" not in told
    assert rate(film.film) <= 30
    names = [name for name, _, _ in boxes(film.film.read_bytes())]
    assert names[:2] == [b"ftyp", b"moov"]
    assert pictures.opened(film.poster.read_bytes()).size == (film.width, film.height)
    return told


def says_nothing(path: Path) -> None:
    data = path.read_bytes()
    assert not [word for word in WHISPERED if word in data]
    assert data.count(b"ilst") == data.count(b"\x00\x00\x00\x08ilst")  # empty
    if shutil.which("exiftool"):
        told = subprocess.run(
            ["exiftool", "-ee3", "-a", "-G1", "-s", path],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        told = "".join(line for line in told.splitlines(keepends=True) if "[System]" not in line)
        assert not re.search(r"GPS|Location|Keys|UserData|ItemList|Title|Make|Model|Software", told)
        assert set(re.findall(r"Date +: (\S+)", told)) <= {"0000:00:00"}
        assert set(re.findall(r"Language\S* +: (\S+)", told)) <= {"und"}


@pytest.mark.parametrize("name", FILMS)
def test_films_of_every_kind_come_out_as_one_kind(name: str, tmp_path: Path) -> None:
    source = made(tmp_path / name, *FILMS[name])
    assert is_film(source.read_bytes()[:64])
    film = converted(source, tmp_path)
    assert 0.9 < film.seconds < 1.2
    has_sound = "-c:a" in FILMS[name] or SOUND[3] in FILMS[name]
    assert ("Audio:" in every_phone_plays(film)) == has_sound
    says_nothing(film.film)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("gemaakt_gedraaid.mp4", (240, 320)),
        ("gemaakt_met_plaats.mp4", (320, 240)),
        ("klein.webm", (8, 8)),
    ],
)
def test_real_films_come_out(name: str, size: tuple[int, int], tmp_path: Path) -> None:
    film = converted(real(name), tmp_path)
    assert (film.width, film.height) == size
    every_phone_plays(film)
    says_nothing(film.film)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("klein.mp4", Reason.NO_PICTURE),
        ("klein_met_geluid.mp4", Reason.NO_PICTURE),
        ("exiftool_QuickTime.mov", Reason.BROKEN),
    ],
)
def test_real_files_without_a_film_are_refused(name: str, reason: Reason, tmp_path: Path) -> None:
    with pytest.raises(FilmRefused) as refusal:
        probe(real(name))
    assert refusal.value.reason == reason
    assert refused(real(name), tmp_path) == reason


def test_place_and_all_else_that_a_phone_writes_are_gone(tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nGroep 5 bij Utrecht\n")
    chapters = tmp_path / "chapters"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=Groep 5\n")
    source = made(
        tmp_path / "a.mov",
        *(*PICTURE, *SOUND, "-i", words, "-i", chapters, *H264, "-c:s", "mov_text"),
        *("-map", "0", "-map", "1", "-map", "2", "-map_metadata", "3", "-timecode", "01:00:00:00"),
        *("-metadata", f"location={PLACE}", "-metadata", "creation_time=2026-11-14T10:22:33Z"),
        *("-metadata", f"com.apple.quicktime.location.ISO6709={PLACE}"),
        *("-metadata", "com.apple.quicktime.make=iPhone", "-metadata", "title=Groep 5"),
        *("-metadata:s:v", "handler_name=Groep 5", "-metadata:s:a", "language=nld"),
        *("-movflags", "use_metadata_tags"),
    )
    before = source.read_bytes()
    assert all(word in before for word in WHISPERED)
    film = converted(source, tmp_path)
    every_phone_plays(film)
    says_nothing(film.film)
    assert b"52.09" not in film.poster.read_bytes()


@pytest.mark.parametrize(
    ("turned", "corners"),
    [
        (0, (pictures.RED, pictures.GREEN)),
        (90, (pictures.GREEN, pictures.YELLOW)),
        (180, (pictures.YELLOW, pictures.BLUE)),
        (270, (pictures.BLUE, pictures.RED)),
    ],
)
def test_a_turned_film_stands_upright(
    turned: int, corners: tuple[tuple[int, int, int], ...], tmp_path: Path
) -> None:
    still = tmp_path / "still.png"
    pictures.quarters(160, 120).save(still)
    lying_down = made(tmp_path / "flat.mp4", "-loop", "1", "-i", still, "-t", "0.5", *H264)
    source = made(
        tmp_path / "a.mp4", *("-display_rotation", str(turned), "-i", lying_down, "-c", "copy")
    )
    film = converted(source, tmp_path)
    assert (film.width, film.height) == ((160, 120), (120, 160))[turned // 90 % 2]
    every_phone_plays(film)
    poster = pictures.opened(film.poster.read_bytes()).convert("RGB")
    found = [poster.getpixel((film.width * at // 4, film.height // 4)) for at in (1, 3)]
    for seen, meant in zip(found, corners, strict=True):
        assert isinstance(seen, tuple)
        assert max(abs(a - b) for a, b in zip(seen, meant, strict=True)) < 16


@pytest.mark.parametrize(
    ("size", "how", "becomes"),
    [
        ("161x121", ("-c:v", "libvpx-vp9", "-deadline", "realtime"), (160, 120)),
        ("160x120", ("-vf", "setsar=2", *H264), (320, 120)),
        ("1920x1080", QUICK, (1280, 720)),
        ("1080x1920", QUICK, (720, 1280)),
        ("1366x1024", QUICK, (1108, 830)),
        ("1200x1200", QUICK, (960, 960)),
        ("64x2", ("-c:v", "libvpx-vp9"), (64, 2)),
    ],
)
def test_sizes_are_even_and_fit(
    size: str, how: tuple[str, ...], becomes: tuple[int, int], tmp_path: Path
) -> None:
    source = made(tmp_path / "a.mkv", *picture(size, seconds=0.2), *how)
    film = converted(source, tmp_path)
    assert (film.width, film.height) == becomes
    every_phone_plays(film)


@pytest.mark.parametrize(("came", "goes"), [(10, 10), (25, 25), (50, 25), (60, 30), (120, 30)])
def test_the_rate_is_at_most_thirty(came: int, goes: int, tmp_path: Path) -> None:
    source = made(tmp_path / "a.mp4", *picture("160x120", rate=came), *QUICK)
    assert rate(converted(source, tmp_path).film) == goes


def test_a_film_whose_frames_come_unevenly_keeps_its_length(tmp_path: Path) -> None:
    uneven = ("-vf", "setpts='if(lt(N,5),N/15,N/15+1)/TB'", "-fps_mode", "vfr")
    source = made(tmp_path / "a.mp4", *PICTURE, *uneven, *H264)
    assert converted(source, tmp_path).seconds == pytest.approx(2, abs=0.1)


def test_a_sound_that_nobody_knows_is_left_out(tmp_path: Path) -> None:
    source = made(tmp_path / "a.mkv", *PICTURE, *SOUND, *QUICK, "-c:a", "wmav2")
    assert not probe(source).has_sound
    assert "Audio" not in every_phone_plays(converted(source, tmp_path))


@pytest.mark.parametrize("light", ["arib-std-b67", "smpte2084"])
def test_the_light_of_a_high_range_is_brought_down(light: str, tmp_path: Path) -> None:
    still = tmp_path / "still.png"
    pictures.quarters(160, 120).save(still)
    up = (
        "format=yuv444p,setparams=range=tv:color_primaries=bt709:color_trc=bt709"
        ":colorspace=smpte170m,zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=2020:npl=203,"
        f"zscale=t={light}:m=2020_ncl:r=tv:npl=203,format=yuv420p10le"
    )
    told = f"log-level=error:colorprim=bt2020:transfer={light}:colormatrix=bt2020nc"
    source = made(
        tmp_path / "a.mov",
        *("-loop", "1", "-i", still, "-t", "0.4", "-vf", up),
        *(*HEVC10[:4], "-x265-params", told, "-tag:v", "hvc1"),
    )
    assert probe(source).transfer == light
    film = converted(source, tmp_path)
    every_phone_plays(film)
    poster = pictures.opened(film.poster.read_bytes()).convert("RGB")
    for at, meant in (((40, 30), pictures.RED), ((120, 30), pictures.GREEN)):
        seen = poster.getpixel(at)
        assert isinstance(seen, tuple)
        assert max(abs(a - b) for a, b in zip(seen, meant, strict=True)) < 40


def test_the_poster_is_no_black_beginning_and_can_be_rendered(tmp_path: Path) -> None:
    black = "color=black:size=160x120:rate=15:duration=0.6"
    joined = f"{black}[a];testsrc2=size=160x120:rate=15:duration=1[b];[a][b]concat"
    film = converted(made(tmp_path / "a.mp4", "-f", "lavfi", "-i", joined, *H264), tmp_path)
    assert max(pictures.opened(film.poster.read_bytes()).convert("L").tobytes()) > 200
    rendered = render(io.BytesIO(film.poster.read_bytes()))
    assert (rendered.width, rendered.height) == (160, 120)


def test_the_poster_of_a_long_film_is_found_among_its_key_frames(tmp_path: Path) -> None:
    source = made(tmp_path / "a.mp4", *picture("160x120", rate=2, seconds=24), *QUICK)
    film = converted(source, tmp_path)
    assert film.seconds == pytest.approx(24, abs=0.6)
    assert pictures.opened(film.poster.read_bytes()).size == (160, 120)


def test_progress_rises_to_a_hundred(tmp_path: Path) -> None:
    from_1_to_100: list[int] = []
    source = made(tmp_path / "a.mp4", *picture("640x360", rate=30, seconds=8), *QUICK)
    converted(source, tmp_path, told=from_1_to_100.append)
    assert from_1_to_100 == sorted(from_1_to_100)
    assert from_1_to_100[-1] == 100
    assert set(from_1_to_100) <= set(range(101))


def test_longer_than_allowed_is_refused_before_it_is_converted(
    settings: Settings, tmp_path: Path
) -> None:
    settings.FILM_MAX_SECONDS = 3
    almost = made(tmp_path / "almost.mp4", *picture("160x120", seconds=3.8), *QUICK)
    assert probe(almost).seconds == pytest.approx(3.8, abs=0.1)
    source = made(tmp_path / "a.mp4", *picture("160x120", seconds=9), *QUICK)
    with pytest.raises(FilmRefused) as refusal:
        probe(source)
    assert refusal.value.reason == Reason.TOO_LONG
    assert refused(source, tmp_path) == Reason.TOO_LONG


@pytest.mark.parametrize("told", [0, 1, 4_000_000])
def test_a_header_that_lies_about_the_length_fools_nobody(
    told: int, settings: Settings, tmp_path: Path
) -> None:
    data = made(tmp_path / "a.mp4", *picture("160x120", seconds=9), *QUICK).read_bytes()
    source = tmp_path / "lies.mp4"
    source.write_bytes(lying(data, told))
    settings.FILM_MAX_SECONDS = 3
    assert refused(source, tmp_path) == Reason.TOO_LONG


def test_a_title_that_looks_like_what_ffmpeg_says_fools_nobody(tmp_path: Path) -> None:
    source = made(tmp_path / "a.mp4", *PICTURE, *QUICK, "-metadata", f"title={LIE}")
    assert LIE.encode() in source.read_bytes()
    found = probe(source)
    assert (found.width, found.height, found.seconds < 2) == (160, 120, True)
    film = converted(source, tmp_path)
    assert (film.width, film.height) == (160, 120)
    assert b"16000x9000" not in film.film.read_bytes()


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("index", ["first", "last"])
def test_a_torn_film_is_refused(index: str, kept: float, tmp_path: Path) -> None:
    where = ("-movflags", "+faststart") if index == "first" else ()
    data = made(tmp_path / "a.mp4", *PICTURE, *SOUND, *H264, *where).read_bytes()
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(data[: int(len(data) * kept)])
    assert refused(torn, tmp_path) == Reason.BROKEN


FTYP = b"\0\0\0\x14ftypisom\0\0\0\0isom"
NO_FILMS = {
    "empty": (b"", Reason.EMPTY),
    "text": (b"a film, really", Reason.UNKNOWN_KIND),
    "playlist": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", Reason.UNKNOWN_KIND),
    "list": (b"ffconcat version 1.0\nfile /etc/passwd\n", Reason.UNKNOWN_KIND),
    "photo": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Reason.UNKNOWN_KIND),
    "playlist-behind-a-film": (FTYP + b"\n#EXTM3U\nfile:///etc/passwd\n", Reason.BROKEN),
    "nothing-behind": (FTYP, Reason.BROKEN),
    "garbage": (FTYP + bytes(range(256)) * 200, Reason.BROKEN),
    "webm-of-garbage": (b"\x1a\x45\xdf\xa3" + bytes(range(255, -1, -1)) * 200, Reason.BROKEN),
}


@pytest.mark.parametrize("name", NO_FILMS)
def test_what_only_claims_to_be_a_film_is_refused(name: str, tmp_path: Path) -> None:
    data, reason = NO_FILMS[name]
    source = tmp_path / "a.mp4"
    source.write_bytes(data)
    assert is_film(data[:64]) == (reason == Reason.BROKEN)
    assert refused(source, tmp_path) == reason


def test_a_film_that_points_at_files_of_ours_opens_none(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret " * 10_000)
    source = tmp_path / "a.mov"
    data = made(tmp_path / "flat.mov", *PICTURE, *QUICK).read_bytes()
    source.write_bytes(pointing(data, b"file://" + bytes(secret)))
    assert b"file://" in source.read_bytes()
    film = converted(source, tmp_path)  # its pictures lie in itself all the same
    every_phone_plays(film)
    assert b"secret" not in film.film.read_bytes()


def test_too_many_bytes_are_refused(settings: Settings, tmp_path: Path) -> None:
    settings.FILM_MAX_BYTES = 10_000
    source = made(tmp_path / "a.mp4", *PICTURE, *QUICK)
    assert refused(source, tmp_path) == Reason.TOO_LARGE


def test_too_many_pixels_are_refused_by_the_header(tmp_path: Path) -> None:
    source = made(tmp_path / "a.mp4", *picture("4400x2400", rate=1), *QUICK)
    assert refused(source, tmp_path) == Reason.TOO_MANY_PIXELS


def test_a_codec_of_no_phone_is_refused(tmp_path: Path) -> None:
    source = made(tmp_path / "a.mkv", *PICTURE, "-c:v", "ffv1")
    assert refused(source, tmp_path) == Reason.BROKEN


def test_a_cover_is_no_picture(tmp_path: Path) -> None:
    cover = tmp_path / "cover.png"
    pictures.quarters().save(cover)
    source = made(
        tmp_path / "a.m4a",
        *(*SOUND, "-i", cover, "-map", "0", "-map", "1"),
        *("-c:a", "aac", "-c:v", "png", "-disposition:v", "attached_pic"),
    )
    assert refused(source, tmp_path) == Reason.NO_PICTURE


def test_a_picture_that_changes_its_size_halfway_comes_out_in_one(tmp_path: Path) -> None:
    parts = [
        made(tmp_path / f"{size}.h264", *picture(size, seconds=0.4), *H264)
        for size in ("160x120", "320x180")
    ]
    both = tmp_path / "both.h264"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    source = made(tmp_path / "a.mkv", "-r", "15", "-i", both, "-c", "copy")
    film = converted(source, tmp_path)
    assert (film.width, film.height) == (160, 120)
    every_phone_plays(film)


def test_what_comes_out_can_go_in_again(tmp_path: Path) -> None:
    first = converted(made(tmp_path / "a.mp4", *PICTURE, *SOUND, *H264), tmp_path)
    second = tmp_path / "second"
    second.mkdir()
    every_phone_plays(converted(first.film, second))
