"""The command line: one file per verb, loaded only when it is called, so that queries start fast.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 something failed, 2 wrong
usage.
"""

import gc
import importlib
import os
import sys
from collections.abc import Mapping
from keyword import iskeyword
from typing import Any, Final

import click

from tracker.cli.options import Paths
from tracker.errors import TrackerError, UsageError, did_you_mean

COMMANDS: Final = {
    "poll": "Poll every source once, or those named.",
    "daemon": "Poll sources and send alerts until told to stop.",
    "estimate": "The best figure now, or as of a moment, with its bounds and evidence.",
    "why": "Why the estimate is what it is, what was set aside, and what would change it.",
    "history": "Every move of a figure: when, who, how far, why, and in which words.",
    "compare": "What stood under each policy, whenever one of them moved.",
    "stats": "How often, how far and for how long a figure moved, and how its sources stood to it.",
    "plot": "A chart of a figure over time: in the terminal, or as a picture in a file.",
    "changes": "Every move of every incident since a moment, for the handover of a shift.",
    "incidents": "The incidents that are configured or in the log.",
    "sources": "The configured sources and how they stand: what answers, is silent or fails.",
    "source": "Try a source, add one, import or export a list of feeds.",
    "webhooks": "List, add, test, rotate, enable and disable the endpoints of alerts.",
    "rules": "Replay the past against the rules of endpoints: which alerts they would have sent.",
    "deliveries": "The alerts of the outbox, and every attempt to deliver them.",
    "deliver": "Send the alerts that are due now, or some of them again.",
    "events": "The stored events.",
    "show": "One event: every field, its report, what became of it, its place in the chain.",
    "extract": "The figures of a text, each in the words it came from.",
    "inbox": "The reports that no incident claimed, in likely incidents.",
    "open": "Make an incident of reports that were set aside, or file them into one.",
    "report": "File a report by hand.",
    "correct": "Set the best figure by hand, with a reason.",
    "withdraw": "Take a figure back, with a reason.",
    "reject": "Record that a figure is denied, and all that copies it.",
    "reinstate": "Let a figure count again that was withdrawn or rejected.",
    "close": "Let nothing that is published later move an incident.",
    "reopen": "Let a closed incident go on.",
    "merge": "Count the figures of one incident in another.",
    "split": "Part two incidents that were merged.",
    "redact": "Delete the words of a report, with a reason.",
    "reextract": "Read kept texts anew, after an upgrade that reads figures otherwise.",
    "export": "The stored events, for another log; or the figures as a table.",
    "import": "Store the events or figures of a file.",
    "backup": "Copy the log into a new file, while a daemon writes.",
    "replay": "Run dated reports from a file through a log in memory and judge its checks.",
    "verify": "Check the log: its chain, its triggers, its projections.",
    "checkpoint": "What to keep elsewhere, so that a rewritten log can be told.",
    "rebuild": "Make the stored projections anew.",
    "schema": "What webhooks are sent: the types, or the JSON Schema of one.",
    "doctor": "Check the log's file, the settings, the disk, the clock and the outbox.",
}
"""Every verb, in the order of `--help`, with its one line there. Each is a module beside this, or a
folder of them where it has verbs of its own."""


VARIABLES: Final = ("TRACKER_DB", "TRACKER_SOURCES", "TRACKER_CONFIG")
"""In the place of options of the same name."""


class Verbs(click.Group):
    """The verbs of a table, modules of a package, imported one by one as they are called."""

    def __init__(self, *args: Any, table: Mapping[str, str], package: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.table, self._package = table, package

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self.table:
            return None
        # `import` is a word of Python's, so its module is `import_`.
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command = importlib.import_module(f"{self._package}.{module}").command
        assert isinstance(command, click.Command)  # noqa: S101 — a test calls every verb
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.table and not args[0].startswith("-"):
            ctx.fail(f"no command {args[0]!r}{did_you_mean(args[0], self.table)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # `tracker history | head`: the reader has gone. Click would call that a failure.
            _drop_output()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))


@click.group(
    cls=Verbs,
    table=COMMANDS,
    package=__name__,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="tracker", message="tracker %(version)s")
@click.option(
    "--db",
    envvar="TRACKER_DB",
    default="events.db",
    show_default=True,
    metavar="PATH|URL",
    help="The log. [TRACKER_DB]",
)
@click.option(
    "--sources",
    envvar="TRACKER_SOURCES",
    default="sources",
    show_default=True,
    metavar="DIR",
    help="The folder of sources and incidents.toml. [TRACKER_SOURCES]",
)
@click.option(
    "--config",
    envvar="TRACKER_CONFIG",
    default="tracker.toml",
    show_default=True,
    metavar="FILE",
    help="Settings and endpoints; may be absent. [TRACKER_CONFIG]",
)
@click.pass_context
def group(ctx: click.Context, db: str, sources: str, config: str) -> None:
    """Track figures that move in the news: every one kept, the best one told, with its evidence.

    Times are ISO 8601 with a zone (2031-05-01T13:00Z), or a date.
    """
    ctx.obj = Paths(db, sources, config)


def main() -> None:
    """Run a command; trouble is one line on stderr and an exit code, never a traceback."""
    # Little of what a command makes is garbage before its end: looking for it is a waste of time.
    gc.set_threshold(50_000)
    try:
        _check_encoding()
        code = group.main(prog_name="tracker", standalone_mode=False) or 0
        sys.stdout.flush()
        sys.exit(code)
    except TrackerError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        context = (
            error.ctx.command_path
            if isinstance(error, click.UsageError) and error.ctx
            else "tracker"
        )
        _complain(f"{error.format_message()} See '{context} --help'.")
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        _drop_output()
        sys.exit(0)
    except OSError as error:
        what = error.strerror or str(error)
        _complain(f"{error.filename}: {what}" if error.filename else what)
        _drop_output()
        sys.exit(1)
    finally:
        gc.freeze()  # nor is it looked for when everything goes anyway


def _check_encoding() -> None:
    """That what the command was given is text: no log, no file of TOML could hold it otherwise.

    Raises:
        UsageError: an argument, or a variable in the place of one, is no UTF-8.
    """
    given = {f"argument {place}": each for place, each in enumerate(sys.argv[1:], 1)}
    given |= {name: os.environ.get(name, "") for name in VARIABLES}
    for where, each in given.items():
        try:
            each.encode()
        except UnicodeEncodeError:
            shown = each.encode(errors="replace").decode()
            raise UsageError(f"{where}: {shown!r} is not UTF-8: write it anew") from None


def _drop_output() -> None:
    """Nobody takes what is still to be written: without this Python would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(text: str) -> None:
    from tracker.cli.shown import harmless  # noqa: PLC0415 — needed only in trouble

    click.echo(f"tracker: {harmless(text)}", err=True)
