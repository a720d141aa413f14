"""The program and its commands: help and failures in the language of the terminal.

Typer's own help and messages are English alone, so they are not used.
"""

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperCommand, TyperGroup

from app.cli.refusal import Refused
from app.cli.words import say, terminal_language
from app.errors.failure import Failure
from app.starting import late, settle
from app.words.book import join
from app.words.messages import say_failure

NAME = "dabiao"
FAILED, MISUSED = 1, 2
_make_help = late("app.cli.help", "make_help")


class Command(TyperCommand):
    """A command whose help is in the book of words."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - not public
        """Write the help."""
        formatter.write(_make_help(ctx))


class Group(TyperGroup):
    """Commands below a name."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - not public
        """Write the help."""
        formatter.write(_make_help(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - not public
        """The command that is named."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            raise CommandUnknown(args[0], list(self.commands), ctx.command_path)
        return super().resolve_command(ctx, args)


class Program(Group):
    """All commands. What stops one is a sentence on the standard error, and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - the program has one name
        *_others: Any,  # noqa: ANN401 - not public
        standalone_mode: bool = True,  # noqa: ARG002 - it always ends the process
        **extra: Any,  # noqa: ANN401 - not public
    ) -> Any:  # noqa: ANN401 - not public
        """Run a command line, and end the process."""
        settle()
        try:
            status = super().main(args, NAME, standalone_mode=False, **extra)
        except typer.TyperException as wrong:
            status = _tell(_say_wrong(wrong), getattr(wrong, "exit_code", MISUSED))
        except Refused as refused:
            status = _tell(refused.say(), refused.exit_code)
        except Failure as failure:
            said = say_failure(failure.code, failure.facts, terminal_language())
            status = _tell(said.detail, FAILED)
        sys.exit(status)


class CommandUnknown(Refused):
    """A name that no command has."""

    exit_code = MISUSED

    def __init__(self, name: str, known: list[str], command: str) -> None:
        super().__init__("command")
        self._name, self._known, self._command = name, known, command

    def say(self) -> str:
        """That there is no such command, which one may be meant, and where the help is."""
        see = say("usage", "see", command=self._command)
        return f"{_say_unknown('command', self._name, self._known)}\n{see}"


def _tell(sentence: str, status: int) -> int:
    typer.echo(sentence, err=True)
    return status


def _say_wrong(wrong: typer.TyperException) -> str:
    """What is wrong, and where the help is; the help itself where nothing was asked for."""
    kind = type(wrong).__name__
    if kind == "NoArgsIsHelpError":
        return wrong.format_message()
    context: Any = getattr(wrong, "ctx", None)
    command = context.command_path if context is not None else "dabiao"
    return f"{_say_what(wrong, kind, context)}\n{say('usage', 'see', command=command)}"


def _say_what(wrong: Any, kind: str, context: Any) -> str:  # noqa: ANN401 - Typer's are not public
    if kind == "MissingParameter":
        return say("usage", "missing", name=_name(wrong.param))
    if isinstance(wrong, typer.BadParameter) and wrong.param is not None:
        return _say_value(wrong.param, wrong.__cause__)
    if kind == "NoSuchOption":
        options = [name for each in context.command.get_params(context) for name in each.opts]
        return _say_unknown("option", wrong.option_name, options)
    if kind == "BadOptionUsage":
        return say("usage", "value_missing", name=wrong.option_name)
    return say("usage", "other")


def _say_unknown(kind: str, name: str, known: list[str]) -> str:
    """There is no such option or command; the one that was meant, where that can be told."""
    nearest = get_close_matches(name, known, 1)
    if nearest:
        return say("usage", f"{kind}_nearest", name=name, nearest=nearest[0])
    return say("usage", kind, name=name)


def _say_value(parameter: Any, cause: BaseException | None) -> str:  # noqa: ANN401 - likewise
    name, described = _name(parameter), parameter.type_descriptor
    if described.is_path:
        return say("usage", "file", name=name)
    if not isinstance(cause, ValidationError):
        return say("usage", "not_valid", name=name)
    facts = {"name": name, "value": str(cause.errors()[0]["input"])}
    if described.choices:
        listed = join([str(each) for each in described.choices], terminal_language())
        return say("usage", "choice", choices=listed, **facts)
    if parameter.max is not None:
        return say("usage", "between", least=parameter.min, most=parameter.max, **facts)
    if parameter.min is not None:
        return say("usage", "at_least", least=parameter.min, **facts)
    return say("usage", "whole", **facts)


def _name(parameter: Any) -> str:  # noqa: ANN401 - likewise
    is_option = parameter.param_type_name == "option"
    return str(parameter.opts[0] if is_option else say("values", parameter.name))
