"""Photos, films and documents to send: of cameras and phones where at hand, else made here."""

import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image
from pypdf import PdfWriter

SHARED = Path(__file__).parent.parent.parent.parent / "shared/data/fotos"
TURNED_FILM = SHARED.parent / "video/gemaakt_gedraaid.mp4"  # taken upright, kept lying down
REAL = (
    "gewoon/cyclamen_persicum.jpg",
    "gewoon/denali.webp",
    "gewoon/tanners_ridge.jpg",
    "gps/thompson-springs.jpg",
    "orientatie/Landscape_6.jpg",
    "orientatie/hopper_orientation_5.jpg",
)
MADE = ("red.jpg", "green.png", "blue.webp", "wide.jpg", "high.jpg", "small.jpg")
SIZES = ((1200, 900), (900, 1200), (640, 640), (2000, 800), (800, 2000), (40, 30))


def photos(folder: Path) -> list[Path]:
    """Six photos; those that have to be made are put into the folder."""
    found = [SHARED / name for name in REAL]
    if all(path.is_file() for path in found):
        return found
    made = [folder / name for name in MADE]
    for number, (path, size) in enumerate(zip(made, SIZES, strict=True)):
        Image.new("RGB", size, (200 - 30 * number, 40 * number, 90)).save(path)
    return made


def broken(folder: Path) -> Path:
    """A photo of which the second half did not come along."""
    path, whole = folder / "kapot.jpg", folder / "whole.jpg"
    Image.effect_noise((400, 300), 80).save(whole)
    path.write_bytes(whole.read_bytes()[:9000])
    return path


def many(folder: Path, count: int, width: int = 640) -> list[Path]:
    """So many photos, each with another name and look."""
    made = [folder / f"foto-{number:02}.jpg" for number in range(1, count + 1)]
    for number, path in enumerate(made):
        noise = Image.effect_noise((width, width * 3 // 4), 60)
        tint = Image.new("L", noise.size, number * 255 // count)
        Image.merge("RGB", (noise, tint, noise)).save(path, quality=90)
    return made


def document(folder: Path) -> Path:
    """A PDF with a long Dutch name."""
    path = folder / "Inschrijvingsvoorwaarden_kinderboekenweekvoorstelling_groep_5.pdf"
    writer = PdfWriter()
    writer.add_blank_page(300, 400)
    writer.write(path)
    return path


def animation(folder: Path) -> Path:
    """A GIF of a dot that wanders."""
    path = folder / "anim.gif"
    frames = [Image.new("RGB", (320, 240), (240, 200, 40)) for _ in range(6)]
    for number, frame in enumerate(frames):
        frame.paste((30, 60, 70), (40 * number, 100, 40 * number + 40, 140))
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=200, loop=0)
    return path


def film(folder: Path, seconds: int = 2, size: str = "640x360", rate: int = 15) -> Path:
    """A test picture that moves."""
    path = folder / f"film-{seconds}.mp4"
    if not path.exists():
        source = f"testsrc2=duration={seconds}:size={size}:rate={rate}"
        asked = ["-f", "lavfi", "-i", source, "-preset", "ultrafast"]
        subprocess.run([get_ffmpeg_exe(), "-v", "error", *asked, str(path)], check=True)
    return path
