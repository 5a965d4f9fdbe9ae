"""The command line: ``kring COMMAND``; ``kring --help`` lists them."""

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from kring import commands
from kring.folder import StartError
from kring.supervisor import ROOT, SAID


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; what cannot be done is said in one sentence."""
    given = vars(_parser().parse_args(arguments))
    do = given.pop("do")
    try:
        do(**given)
    except (StartError, ImproperlyConfigured) as error:
        print(f"kring: {error}", file=sys.stderr)
        return SAID
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kring", description="The closed portal between a school and its families."
    )
    parser.add_argument("--version", action="version", version=f"Kring {_version()}")
    commands_of = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, do: object, about: str | None = None) -> argparse.ArgumentParser:
        # Without help, argparse does not list a command: people have no use for it.
        said: dict[str, Any] = {"description": about, "help": about} if about else {}
        made = commands_of.add_parser(name, **said)
        made.set_defaults(do=do)
        return made

    _add_demo(command("demo", commands.demo, "try Kring on this machine, with made-up people"))
    command("up", commands.up, "serve Kring, with the settings of the environment")
    command("prepare", commands.prepare_database, "make the database and its roles")
    command("migrate", commands.migrate, "bring the tables up to date")
    _add_invite(command("invite", commands.invite, "invite the first person of a school"))
    _add_person(
        command("forget-factors", commands.forget_factors, "help who lost every second step")
    )
    _add_import(command("import", commands.import_roster, "take in the roster of a school"))
    _add_parked(command("parked", commands.parked, "say which messages were given up"))
    _add_web(command("web", commands.web, "serve the pages on a Unix socket"))
    _add_worker(command("worker", commands.worker, "do the jobs"))
    command("demo-load", commands.load_demo)
    return parser


def _add_parked(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--again", action="store_true", help="put them back in the queue, to be sent now"
    )


def _add_web(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--uploads", action="store_true", help="for what comes in slowly")


def _add_worker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--films", action="store_true", help="only those that convert films")


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="serve at this port (8000)")
    parser.add_argument(
        "--data", type=Path, default=ROOT / "data", metavar="DIR", help="keep the data here"
    )
    parser.add_argument("--fresh", action="store_true", help="throw the data away first")
    parser.add_argument(
        "--json", action="store_true", dest="as_json", help="say the addresses as one line of JSON"
    )
    parser.add_argument("--small", action="store_true", help="without kindcentrum De Kring")
    parser.add_argument("--reload", action="store_true", help=argparse.SUPPRESS)


def _add_invite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--school", required=True, help="the name of the school")
    parser.add_argument("--role", required=True, choices=["administrator"])
    parser.add_argument(
        "--kind",
        choices=["school", "aftercare"],
        default="",
        help="what a new one is: a school, or an after-school care (BSO)",
    )
    parser.add_argument(
        "--board-of",
        metavar="SCHOOL",
        default="",
        help="a new one comes under the same board as this one",
    )
    _add_person(parser)


def _add_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="the mail address of the person")


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help="edexml, carers or aftercare")
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="a file of it")
    parser.add_argument("--school", required=True, help="the name of the school")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and stop")
    parser.add_argument(
        "--yes-gone", action="store_true", help="children who are not in the file have left"
    )


def _version() -> str:
    """The version in pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])
