"""Photos to send: real ones of cameras and phones where they are at hand, else made here."""

from pathlib import Path

from PIL import Image

SHARED = Path(__file__).parent.parent.parent.parent / "shared/data/fotos"
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
