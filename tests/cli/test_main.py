"""What holds for every command: one line for a mistake, the exit codes, a fast start."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from command import COMMAND, done, environment, run
from tracker.cli import COMMANDS
from tracker.cli.source import VERBS

WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("histroy", "lorn-ferry"), 2, "no command 'histroy' (did you mean 'history'?)"),
    (("--bd", "x.db", "history"), 2, "No such option '--bd'."),
    (("history",), 2, "Missing argument 'INCIDENT'."),
    (("history", "lorn-fery"), 2, "no incident 'lorn-fery' (did you mean 'lorn-ferry'?)"),
    (("compare", "lorn-fery"), 2, "no incident 'lorn-fery' (did you mean 'lorn-ferry'?)"),
    (("stats", "lorn-fery"), 2, "no incident 'lorn-fery' (did you mean 'lorn-ferry'?)"),
    (("plot", "lorn-fery"), 2, "no incident 'lorn-fery' (did you mean 'lorn-ferry'?)"),
    (("plot", "lorn-ferry", "-o", "chart.pdf"), 2, "chart.pdf: a chart is written as SVG or PNG"),
    (("estimate", "xyz"), 2, "no incident 'xyz' (known: lorn-ferry, quiet-tunnel)"),
    (("events", "--incident", "lorn"), 2, "no incident 'lorn' (did you mean 'lorn-ferry'?)"),
    (("events", "--source", "wires"), 2, "no source 'wires' (did you mean 'wire'?)"),
    (("poll", "cape-new"), 2, "no source 'cape-new' (did you mean 'cape-news'?)"),
    (("history", "lorn-ferry", "--measure", "kiled"), 2, "(did you mean 'killed'?)"),
    (("history", "lorn-ferry", "--policy", "lates"), 2, "(did you mean 'latest'?)"),
    (("history", "lorn-ferry", "--as-of", "2024-05-04T13:00"), 2, "has no zone: add Z for UTC"),
    (("estimate", "lorn-ferry", "--known-at", "noon"), 2, "'noon' is no time: write it like"),
    (("estimate", "lorn-ferry", "--as-of", "8h"), 2, "'8h' is no time"),
    (("estimate", "lorn-ferry", "--as-of", "2024-13-01"), 2, "'2024-13-01' is no time"),
    (("estimate", "lorn-ferry", "--known-at", "0001-01-01T00:00+01:00"), 2, "before the year 1"),
    (("why",), 2, "Missing argument 'INCIDENT'."),
    (("why", "lorn-fery"), 2, "no incident 'lorn-fery' (did you mean 'lorn-ferry'?)"),
    (("why", "lorn-ferry", "--scope", "crew"), 2, "no scope 'crew'"),
    (("why", "lorn-ferry", "--policy", "lates"), 2, "(did you mean 'latest'?)"),
    (("why", "lorn-ferry", "--as-of", "noon"), 2, "'noon' is no time: write it like"),
    (("show",), 2, "Missing argument 'EVENT'."),
    (("show", "zz"), 2, "no event 'zz'"),
    (("--db", "none.db", "show", "abc"), 1, "no log at none.db yet: `tracker poll`"),
    (("changes",), 2, "Missing option '--since'."),
    (("changes", "--since", "8h", "--as-of", "noon"), 2, "'noon' is no time: write it like"),
    (("incidents", "--known-at", "noon"), 2, "'noon' is no time: write it like"),
    (("events", "--as-of", "2024-05-04T13:00"), 2, "has no zone: add Z for UTC"),
    (("changes", "--since", "8 hours"), 2, "or how long ago, like 8h or 2d"),
    (("--db", "none.db", "history", "lorn-ferry"), 1, "no log at none.db yet: `tracker poll`"),
    (("--db", "notes.txt", "history", "lorn-ferry"), 1, "notes.txt is no log"),
    (("--db", "notes.txt", "poll"), 1, "notes.txt is no log"),
    (("--db", "other.db", "verify"), 1, "other.db is a database of another program"),
    (("--db", "newer.db", "verify"), 1, "newer.db was written by a newer version of tracker"),
    (("--db", "newer.db", "poll"), 1, "newer.db was written by a newer version of tracker"),
    (("--db", "sources", "verify"), 1, "sources is no file: give the path of a log"),
    (("--db", "nowhere/x.db", "poll"), 1, "nowhere/x.db cannot be opened for writing"),
    (("--db", "nowhere/x.db", "daemon"), 1, "nowhere/x.db.lock cannot be written"),
    (("--db", "mysql://host/x", "events"), 2, "give a path, or sqlite:///PATH"),
    (("--sources", "nowhere", "poll"), 2, "nowhere: there is no such folder of sources"),
    (("--sources", "nowhere", "sources"), 2, "nowhere: there is no such folder of sources"),
    (("--config", "wrong.toml", "poll"), 2, "key 'fersh': unknown key (did you mean 'fresh'?)"),
    (("--config", "sources", "poll"), 2, "sources: cannot be read: Is a directory"),
    (("replay", "none.json"), 2, "none.json: No such file or directory"),
    (("replay", "sources"), 2, "sources: Is a directory"),
    (("extract", "none.txt"), 2, "'none.txt': No such file or directory"),
    (("extract", "--jsonl", "notes.txt"), 2, "line 1: no JSON object with id and text"),
    (("source", "tset", "wire"), 2, "no command 'tset' (did you mean 'test'?)"),
    (("source", "test"), 2, "Missing argument 'SOURCE'."),
    (("source", "test", "wir"), 2, "no source 'wir' (did you mean 'wire'?)"),
    (("source", "add", "cape.example"), 2, "neither a file nor an address: write http"),
    (("source", "import", "none.opml"), 2, "'none.opml': No such file or directory"),
    (("--sources", "nowhere", "source", "add", "http://x.example"), 2, "no such folder of sources"),
    (("--sources", "nowhere", "source", "test", "wire"), 2, "no source 'wire'"),
    (("--db", "notes.txt", "sources"), 1, "notes.txt is no log"),
    (("report", "lorn-ferry", "--source", "wire"), 2, "Missing option '--text'."),
    (("report", "lorn-ferry", "--source", "wir", "--text", "x"), 2, "(did you mean 'wire'?)"),
    (("report", "lorn", "--source", "wire", "--text", "x"), 2, "(did you mean 'lorn-ferry'?)"),
    (("report", "lorn-ferry", "--source", "wire", "--text", "Calm."), 1, "language is not known"),
    (("withdraw", "abc"), 2, "Missing option '--reason'."),
    (("--db", "none.db", "withdraw", "abc", "--reason", "x"), 1, "no log at none.db yet"),
]  # fmt: skip

HEAVY = {
    "PIL", "aiohttp", "apscheduler", "feedparser", "httpx", "lxml", "matplotlib", "numpy",
    "py3langid", "pydantic", "rich", "sqlite_utils", "trafilatura",
}  # fmt: skip

SPARED = {
    "csv", "difflib", "hashlib", "orjson", "pathlib", "tracker.encoding", "tracker.intake",
    "tracker.store.base",
}  # fmt: skip
"""What the start of the most frequent queries need not wait for."""

LOADED = """\
import json, sys
from tracker.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def odd(newsroom: Path) -> Path:
    """The folder, with files in it that are no logs and no settings."""
    (newsroom / "notes.txt").write_text("Call the coast guard back.\n" * 50)
    (newsroom / "wrong.toml").write_text('fersh = "1h"\n')
    with closing(sqlite3.connect(newsroom / "other.db")) as other:
        other.execute("CREATE TABLE cats (name)")
    (newsroom / "newer.db").write_bytes((newsroom / "events.db").read_bytes())
    with closing(sqlite3.connect(newsroom / "newer.db")) as newer:
        newer.execute("PRAGMA user_version = 99")
    return newsroom


@pytest.mark.parametrize(
    ("args", "code", "said"), WRONG, ids=[" ".join(args) for args, _, _ in WRONG]
)
def test_a_mistake_is_one_line_with_the_right_exit_code(
    odd: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    """Never a traceback; nothing on stdout; and the log stays as it was."""
    before = (odd / "events.db").read_bytes()
    ran = run(*args, cwd=odd)
    assert ran.returncode == code
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert line.startswith("tracker: ")
    assert said in line
    assert (odd / "events.db").read_bytes() == before
    assert not (odd / "none.db").exists()


@pytest.mark.parametrize(
    "asked",
    [
        ("estimate", "lorn-ferry"),
        ("why", "lorn-ferry"),
        ("show", "abc"),
        ("history", "lorn-ferry"),
        ("compare", "lorn-ferry"),
        ("stats",),
        ("plot", "lorn-ferry"),
        ("changes", "--since", "8h"),
        ("events",),
        ("inbox",),
        ("verify",),
    ],
    ids=" ".join,
)
def test_a_query_without_a_log_says_so_and_makes_none(
    unpolled: Path, asked: tuple[str, ...]
) -> None:
    ran = run(*asked, cwd=unpolled)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "tracker: no log at events.db yet: `tracker poll` makes one\n"
    assert [each.name for each in unpolled.iterdir()] == ["sources"]


@pytest.mark.parametrize(
    "asked",
    [
        ("estimate", "lorn-ferry"),
        ("why", "lorn-ferry"),
        ("why", "lorn-ferry", "--json"),
        ("history", "lorn-ferry", "--json"),
        ("history", "lorn-ferry", "--csv"),
        ("history", "lorn-ferry", "--vintages"),
        ("compare", "lorn-ferry"),
        ("stats",),
        ("plot", "lorn-ferry"),
        ("changes", "--since", "8h"),
        ("events", "--jsonl"),
        ("incidents",),
        ("inbox",),
        ("verify",),
        ("--help",),
    ],
    ids=" ".join,
)
def test_a_query_loads_nothing_heavy(newsroom: Path, asked: tuple[str, ...]) -> None:
    """No HTTP, feed, scheduler or validation library: the answer is there at once."""
    assert {name.partition(".")[0] for name in loaded(newsroom, *asked)} & HEAVY == set()


def test_an_event_is_shown_without_anything_heavy(newsroom: Path) -> None:
    event = done("events", cwd=newsroom).split()[1]
    modules = {name.partition(".")[0] for name in loaded(newsroom, "show", event)}
    assert modules & HEAVY == set()


@pytest.mark.parametrize("command", ["estimate", "history", "why"])
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_a_figure_is_told_without_what_other_commands_need(
    newsroom: Path, command: str, flags: tuple[str, ...]
) -> None:
    assert loaded(newsroom, command, "lorn-ferry", *flags) & SPARED == set()


def loaded(folder: Path, *asked: str) -> set[str]:
    """The modules that a command loads."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *asked],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0
    modules = set(json.loads(ran.stderr.splitlines()[-1]))
    assert "tracker.cli" in modules
    return modules


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(tmp_path: Path, name: str) -> None:
    assert done(name, "--help", cwd=tmp_path).startswith(f"Usage: tracker {name} ")
    assert name in done("-h", cwd=tmp_path)


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_of_a_source_explains_itself(tmp_path: Path, name: str) -> None:
    assert done("source", name, "--help", cwd=tmp_path).startswith(f"Usage: tracker source {name} ")
    assert name in done("source", "-h", cwd=tmp_path)


@pytest.mark.parametrize(
    ("args", "env", "where"),
    [
        (("webhooks", "add", "http://\udcff.example"), {}, "argument 3"),
        (("--db", "\udcff.db", "events"), {}, "argument 2"),
        (("--config", "x\udcff", "webhooks", "list"), {}, "argument 2"),
        (("events",), {"TRACKER_DB": "\udcff.db"}, "TRACKER_DB"),
    ],
)
def test_bytes_that_are_no_text_are_refused_in_one_line(
    tmp_path: Path, args: tuple[str, ...], env: dict[str, str], where: str
) -> None:
    """Wherever they stand, and before anything is made."""
    ran = run(*args, cwd=tmp_path, env=env)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"tracker: {where}: ")
    assert line.endswith("' is not UTF-8: write it anew")
    assert list(tmp_path.iterdir()) == []


def test_without_a_command_the_help_is_wrong_usage(tmp_path: Path) -> None:
    ran = run(cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Usage: tracker [OPTIONS] COMMAND")


def test_the_version_is_told(tmp_path: Path) -> None:
    assert done("--version", cwd=tmp_path).startswith("tracker 0.")


def test_paths_come_from_the_environment(newsroom: Path, tmp_path: Path) -> None:
    env = {
        "TRACKER_DB": f"sqlite:///{newsroom / 'events.db'}",
        "TRACKER_SOURCES": str(newsroom / "sources"),
    }
    assert "14" in done("estimate", "lorn-ferry", cwd=tmp_path, env=env)
    assert "wire" in done("sources", cwd=tmp_path, env=env)


@pytest.mark.parametrize("flag", ["--json", "--csv"])
@pytest.mark.parametrize("reads", [True, False])
def test_a_reader_who_leaves_early_is_no_failure(newsroom: Path, flag: str, reads: bool) -> None:
    """`tracker history … | head -1` ends quietly and with 0."""
    with subprocess.Popen(
        [*COMMAND, "history", "lorn-ferry", flag],
        cwd=newsroom,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        if reads:
            process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_full_disk_behind_stdout_is_one_line(newsroom: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*COMMAND, "history", "lorn-ferry"],
            cwd=newsroom,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr == "tracker: No space left on device\n"


@pytest.mark.parametrize(
    "moment",
    ["2024-05-05T07:00Z", "2024-05-05T07:00:00.000+00:00", "2024-05-05T10:30+03:30", "2024-05-05"],
)
def test_a_moment_is_written_with_its_zone_or_is_the_end_of_a_day(
    newsroom: Path, moment: str
) -> None:
    """What counts at a moment counts from that very moment on."""
    found = json.loads(done("estimate", "lorn-ferry", "--as-of", moment, "--json", cwd=newsroom))
    assert found["best"] == 11
