"""``python -m kring.demo.drawings FOLDER``: a step of the build, which makes all drawings there."""

import logging
import sys
from pathlib import Path

import django

from kring.demo.drawings.make import make
from kring.demo.kindcentrum.writings import attached, films, pictures

if __name__ == "__main__":
    django.setup()
    logging.getLogger("pyvips").setLevel(logging.WARNING)  # it tells of every blur
    make(Path(sys.argv[1]), pictures(), films(), attached())
