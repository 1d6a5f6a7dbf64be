"""`tracker doctor`: a line for each check, what to do where it is not well, and no change."""

import importlib.util
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import NOON, figure
from command import Running, done, run
from folder import SECRET_ENV, write_ferry, write_receivers, write_source
from receiver import Answer, Receiver
from standing import stand
from telling import tell
from tracker.daemon import alone
from tracker.model import State, utc_text
from tracker.store.base import Alert, Append, Outbox, Settled
from tracker.store.health import Finding, findings, kind_of_mount
from tracker.store.writer import open_writer

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/logs /mnt/with\\040space nfs4 rw 0 0
//nas/share /mnt cifs rw 0 0
/dev/vdb /srv xfs rw 0 0
tmpfs /srv tmpfs rw 0 0

nonsense
"""


def found(folder: Path, *args: str, env: dict[str, str] | None = None) -> dict[str, Finding]:
    """What was found, by check: of several findings of one check, the first that is not well."""
    ran = run("doctor", "--json", *args, cwd=folder, env=env)
    all_found = [Finding(**each) for each in json.loads(ran.stdout)]
    assert ran.returncode == any(each.level == "fail" for each in all_found)
    assert ran.stderr == ""
    worst: dict[str, Finding] = {}
    for each in all_found:
        if each.check not in worst or worst[each.check].level == "ok":
            worst[each.check] = each
    return worst


def shell(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "events.db")) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()


def test_all_is_well_after_a_poll(own: Path) -> None:
    """A line for each check, and 0."""
    told = done("doctor", "--full", cwd=own).splitlines()
    assert [line.split(":")[0] for line in told] == [
        f"ok    {check}"
        for check in (
            *("log", "triggers", "structure", "clock", "outbox", "rights", "wal", "disk"),
            *("file system", "daemon", "settings", "sources", "polls"),
        )
    ]
    assert "ok    log: 6 events, format 4, in WAL mode" in told
    assert "ok    daemon: not running" in told
    assert "ok    settings: no tracker.toml, so 0 webhooks" in told
    assert "ok    sources: 2 sources to poll, 2 incidents" in told


def test_nothing_is_changed(own: Path) -> None:
    done("doctor", cwd=own)  # SQLite makes its own two files beside a log that is read
    before = {each.name: each.read_bytes() for each in own.glob("events.db*")}
    done("doctor", "--full", cwd=own)
    assert {each.name: each.read_bytes() for each in own.glob("events.db*")} == before


def test_no_log_is_made(tmp_path: Path) -> None:
    """What is not there fails, and the rest is checked all the same."""
    worst = found(tmp_path)
    assert worst["log"] == Finding(
        "fail", "log", "no log at events.db yet: `tracker poll` makes one"
    )
    assert "there is no such folder of sources" in worst["sources"].text
    assert worst["disk"].level != "fail"
    assert list(tmp_path.iterdir()) == []


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def other_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE theirs (a)")


def older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA user_version = 1")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b"a poem\n" * 1000), "is no log: give the path of another"),
        (lambda path: path.unlink(), "no log at events.db yet"),
        (older, "was written by an older version"),
        (newer, "was written by a newer version"),
        (a_folder, "is no file: give the path of a log"),
        (other_program, "is a database of another program"),
    ],
)
def test_what_is_no_log_of_this_version_fails_with_what_to_do(
    own: Path, make: Callable[[Path], object], said: str
) -> None:
    for beside in own.glob("events.db-*"):
        beside.unlink()
    make(own / "events.db")
    assert found(own)["log"].level == "fail"
    assert said in found(own)["log"].text


def test_a_trigger_that_is_gone_fails(own: Path) -> None:
    shell(own, "DROP TRIGGER events_never_go")
    told = run("doctor", cwd=own)
    assert told.returncode == 1
    assert (
        "FAIL  triggers: trigger events_never_go is missing: somebody changed the log's rules; "
        "compare the log with a checkpoint or a backup"
    ) in told.stdout.splitlines()


def test_a_damaged_page_is_found_by_reading_the_whole_file(own: Path) -> None:
    shell(own, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = own / "events.db"
    body = bytearray(path.read_bytes())
    begins = 4096 * (body.rindex(b"killed") // 4096)
    body[begins : begins + 8] = b"\xff" * 8
    path.write_bytes(body)
    worst = found(own, "--full")
    assert worst.get("structure", worst["log"]).level == "fail"


def test_a_log_out_of_wal_mode_is_warned_of(own: Path) -> None:
    shell(own, "PRAGMA journal_mode = DELETE")
    assert found(own)["log"].level == "warn"
    assert "`tracker poll` sets it to WAL" in found(own)["log"].text


def test_a_clock_behind_the_newest_event_is_warned_of(own: Path) -> None:
    with closing(open_writer(own / "events.db")) as log:
        ahead = datetime.now(UTC) + timedelta(days=365)
        log.append([Append("incident/lorn-ferry", None, (figure(7),))], recorded_at=ahead)
    assert found(own)["clock"].level == "warn"
    assert "before the newest event of the log" in found(own)["clock"].text


def test_a_clock_that_was_never_set_fails(tmp_path: Path) -> None:
    never_set = datetime(1970, 1, 1, tzinfo=UTC)
    for path in (tmp_path / "none.db", tmp_path / "empty.db"):
        if path.name == "empty.db":
            open_writer(path).close()
        told = list(findings(str(path), now=never_set, full=False))
        assert Finding("fail", "clock", "it shows the year 1970: set it") in told


def alert(number: int) -> Alert:
    return Alert(
        id=f"msg_{number}",
        endpoint="desk",
        about="ferry",
        sequence=number,
        type="estimate.revised",
        body="{}",
    )


def test_alerts_that_wait_for_long_and_those_given_up_are_warned_of(tmp_path: Path) -> None:
    db = tmp_path / "events.db"
    with closing(open_writer(db)) as log:
        log.append([], recorded_at=NOON, outbox=Outbox(alerts=(alert(1), alert(2))))

    def outbox(now: datetime) -> list[Finding]:
        return [each for each in findings(str(db), now=now, full=False) if each.check == "outbox"]

    assert outbox(NOON) == [Finding("ok", "outbox", f"2 waiting, next at {utc_text(NOON)}")]
    (late,) = outbox(NOON + timedelta(hours=2))
    assert late.level == "warn"
    assert late.text.startswith("1 of 2 waiting alerts are overdue, the oldest since 2031-05-01T12")

    with closing(open_writer(db)) as log:
        (claimed,) = log.claim({"desk": 1}, now=NOON, until=NOON)["desk"].deliveries
        given_up = Settled(
            delivery=claimed, outcome="given up", at=NOON, took=timedelta(0), answer="no"
        )
        log.settle([given_up], now=NOON)
    _, told = outbox(NOON + timedelta(hours=2))
    assert told.text == (
        "1 alerts were given up in the last 7 days: look at `tracker deliveries --failed`, and "
        "send them again with `tracker deliver --since`"
    )
    assert len(outbox(NOON + timedelta(days=8))) == 1


def test_settings_sources_and_secrets_are_read(own: Path) -> None:
    """Each mistake is a line with its file and key; what is missing here may be set elsewhere."""
    with Receiver() as receiver:
        write_receivers(own, desk=receiver.url)
    assert found(own, env=SECRET_ENV)["secrets"].level == "ok"
    assert found(own)["secrets"] == Finding(
        "warn",
        "secrets",
        "webhook 'desk': FERRY_SECRET: is not set; its alerts wait until it holds the secret",
    )
    assert found(own, env={"FERRY_SECRET": "password"})["secrets"].level == "fail"

    (own / "tracker.toml").write_text("contakt = 3\n")
    (own / "sources" / "broken.toml").write_text('kind = "fed"\n')
    worst = found(own)
    assert worst["settings"].level == worst["sources"].level == "fail"
    assert "contakt" in worst["settings"].text
    assert "broken.toml" in worst["sources"].text

    (own / "sources" / "incidents.toml").write_text("[x\n")
    assert "incidents.toml" in found(own)["sources"].text


def test_secrets_in_files_are_looked_at(own: Path) -> None:
    """One that is missing fails; one that anybody can read is warned of, with what to do."""
    done("webhooks", "add", "https://desk.example/hook", "--name", "desk", cwd=own)
    file = own / "secrets" / "desk"
    assert found(own)["secrets"] == Finding(
        "ok", "secrets", "webhook 'desk': secrets/desk holds it"
    )
    file.chmod(0o644)
    assert found(own)["secrets"].level == "ok"  # for nobody else gets into its folder
    with entered_by_all(file):
        open_to_all = found(own)["secrets"]
    assert open_to_all == Finding(
        "warn",
        "secrets",
        "webhook 'desk': anybody on this machine can read secrets/desk: chmod 600 secrets/desk",
    )
    file.write_text("password\n")
    assert found(own)["secrets"].level == "fail"
    file.unlink()
    missing = found(own)["secrets"]
    assert missing.level == "fail"
    assert "secrets/desk: cannot be read (No such file or directory)" in missing.text


@contextmanager
def entered_by_all(file: Path) -> Iterator[None]:
    """Let anybody go through the folders above a file, as those of tests do not."""
    modes = {
        each: each.stat().st_mode & 0o7777
        for each in file.resolve().parents
        if each.stat().st_uid == os.geteuid()
    }
    for each, mode in modes.items():
        each.chmod(mode | 0o001)
    try:
        yield
    finally:
        for each, mode in modes.items():
            each.chmod(mode)


def test_a_secret_that_cannot_be_looked_at_ends_no_check(own: Path) -> None:
    """In a folder that this user may not enter; or, for root, under a name too long to look up."""
    done("webhooks", "add", "https://desk.example/hook", "--name", "desk", cwd=own)
    folder = "x" * 300 if os.geteuid() == 0 else "secrets"
    table = (own / "tracker.toml").read_text().replace("secrets/desk", f"{folder}/desk")
    (own / "tracker.toml").write_text(table)
    (own / "secrets").chmod(0o000)
    worst = found(own)
    (own / "secrets").chmod(0o700)
    assert "cannot be read" in worst["secrets"].text
    assert {"endpoints", "sources", "polls"} <= worst.keys()


def test_what_leads_nowhere_is_warned_of(tmp_path: Path) -> None:
    """Alerts of an endpoint that was taken out, and an incident that nobody knows."""
    write_ferry(tmp_path)
    with Receiver() as receiver:
        write_receivers(tmp_path, rules="opened = false\n", bad=receiver.url)
        tell(tmp_path, 12, env={})
        write_receivers(tmp_path, rules='incidents = ["fery"]\n', desk=receiver.url)
    told = done("doctor", cwd=tmp_path, env=SECRET_ENV).splitlines()
    assert (
        "warn  endpoints: endpoint 'bad' is no longer in tracker.toml: 1 alert waits for it and is "
        "not sent"
    ) in told
    assert "ok    endpoints: 1 of 1 endpoint is well" in told
    assert (
        "warn  endpoints: webhook 'desk', key 'incidents': no incident 'fery' (did you mean "
        "'ferry'?): it is told nothing of it"
    ) in told


def test_a_channel_needs_its_variable_and_apprise(own: Path) -> None:
    """Its address is shown in no finding."""
    (own / "tracker.toml").write_text('[[notify]]\nname = "phone"\nurl_env = "PHONE_URL"\n')
    assert "0 webhooks, 1 channel" in done("doctor", cwd=own, env={"PHONE_URL": "json://secret"})
    worst = found(own)["secrets"]
    if importlib.util.find_spec("apprise") is None:
        assert worst.level == "fail"
        assert "pip install 'tracker[notify]'" in worst.text
        return
    assert worst.level == "warn"
    assert "notify 'phone': PHONE_URL: is not set" in worst.text
    wrong = found(own, env={"PHONE_URL": "nothing://secret-token"})["secrets"]
    assert wrong.level == "fail"
    assert "secret-token" not in wrong.text
    assert found(own, env={"PHONE_URL": "json://127.0.0.1/x"})["secrets"].level == "ok"


def test_endpoints_that_fail_or_are_disabled_are_warned_of(tmp_path: Path) -> None:
    """With the command that shows more, or ends it; the others are counted."""
    write_ferry(tmp_path)
    with Receiver() as well, Receiver([Answer(500)] * 9) as failing, Receiver() as off:
        write_receivers(tmp_path, well=well.url, failing=failing.url, off=off.url)
        tell(tmp_path, 11)
        done("webhooks", "disable", "off", cwd=tmp_path)
        tell(tmp_path, 12)
    told = done("doctor", cwd=tmp_path, env=SECRET_ENV).splitlines()
    fails, disabled, count = (each for each in told if "  endpoints: " in each)
    assert fails.startswith("warn  endpoints: failing: failing since ")
    assert fails.endswith(" waiting: `tracker deliveries --failed --endpoint failing`")
    assert ": 500 Internal Server Error; " in fails
    assert disabled.startswith("warn  endpoints: off: disabled since ")
    assert disabled.endswith(": by hand; 0 waiting: `tracker webhooks enable off`")
    assert count == "ok    endpoints: 1 of 3 endpoints are well"


def test_a_folder_without_incidents_is_warned_of(own: Path) -> None:
    (own / "sources" / "incidents.toml").unlink()
    assert found(own)["sources"].text.startswith("2 sources to poll, 0 incidents: add ")


def test_a_source_that_fails_is_warned_of(own: Path) -> None:
    (own / "sources" / "wire.json").unlink()
    assert run("poll", cwd=own).returncode == 1
    polls = found(own)["polls"]
    assert polls.level == "warn"
    assert polls.text.startswith("wire: degraded: failed 1× since ")
    assert "there is no file " in polls.text


@pytest.mark.parametrize(
    "state", [State.DEGRADED, State.BLIND, State.SILENT, State.FAILING, State.GONE]
)
def test_a_source_in_trouble_is_warned_of_in_its_words(own: Path, state: State) -> None:
    stand(own, state=state, error="what is wrong with it")
    told = done("doctor", cwd=own)
    assert f"warn  polls: wire: {state}: what is wrong with it" in told
    assert "ok    polls: 1 of 2 sources are well" in told


def test_a_daemon_that_runs_is_told_of_and_left_alone(own: Path) -> None:
    with Running("daemon", cwd=own) as daemon:
        daemon.wait_for("serving events.db")
        assert found(own)["daemon"].text == f"running, process {daemon.process.pid}"
        assert daemon.end() == 0
    assert found(own)["daemon"].text == "not running"


def test_a_source_that_a_daemon_is_late_with_is_warned_of(own: Path) -> None:
    """Where none runs, somebody polls by hand, and as often as he likes."""
    shell(own, "DELETE FROM polls WHERE source = 'cape-news'")
    stand(own, polled_at=datetime(2024, 5, 6, tzinfo=UTC), next_at=datetime(2024, 5, 7, tzinfo=UTC))
    assert found(own)["polls"].text == (
        "2 of 2 sources are well, the newest poll at 2024-05-06 00:00Z"
    )
    with alone(own / "events.db.lock"):
        told = done("doctor", cwd=own)
    assert (
        "polls: wire: not polled since 2024-05-06 00:00Z, though due at 2024-05-07 00:00Z: look at "
        "what the daemon says"
    ) in told
    assert "polls: cape-news: not polled yet: look at" in told
    assert f"ok    daemon: running, process {os.getpid()}" in told


@pytest.mark.parametrize(
    ("overdue", "every", "late"),
    [
        (timedelta(minutes=4), timedelta(seconds=30), False),
        (timedelta(minutes=6), timedelta(seconds=30), True),
        (timedelta(minutes=100), timedelta(hours=1), False),
        (timedelta(minutes=121), timedelta(hours=1), True),
        (None, timedelta(hours=1), False),
    ],
)
def test_a_source_is_late_by_its_own_measure(
    own: Path, overdue: timedelta | None, every: timedelta, late: bool
) -> None:
    """Some minutes, and twice its `every`, it may be; what is not asked any more is never late."""
    write_source(own, "wire", "wire.json", every=every)
    now = datetime.now(UTC)
    stand(own, polled_at=now, next_at=now - overdue if overdue else None)
    with alone(own / "events.db.lock"):
        assert ("wire: not polled since" in done("doctor", cwd=own)) is late


def test_what_an_import_left_is_warned_of(own: Path) -> None:
    (own / "events.db.importing").write_bytes(b"half")
    assert "is of an import that was cut short: delete it" in found(own)["leftovers"].text


def checks(path: Path) -> dict[str, Finding]:
    return {each.check: each for each in findings(str(path), now=NOON, full=False)}


def test_a_wal_that_grew_large_is_warned_of(tmp_path: Path) -> None:
    with (tmp_path / "events.db-wal").open("wb") as wal:
        wal.truncate(200_000_000)
    assert checks(tmp_path / "events.db")["wal"].text.startswith(
        f"{tmp_path}/events.db-wal has 200.0 MB: end whatever reads the log"
    )


def test_a_disk_without_room_for_a_copy_of_the_log_is_warned_of(tmp_path: Path) -> None:
    """A file with a hole says its size and takes no room."""
    with (tmp_path / "events.db").open("wb") as log:
        log.truncate(max(shutil.disk_usage(tmp_path).free, 600_000_000))
    disk = checks(tmp_path / "events.db")["disk"]
    assert disk.level == "warn"
    assert disk.text.endswith(": make room for a copy of the log")


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/desk", "ext4"),
        ("/mnt", "cifs"),
        ("/mnt/with", "cifs"),
        ("/mnt/with space/logs", "nfs4"),
        ("/mntx", "ext4"),
        ("/srv/log", "tmpfs"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(folder: str, kind: str) -> None:
    assert kind_of_mount(Path(folder), MOUNTS) == kind
    assert kind_of_mount(Path(folder), "") == ""


def test_a_folder_that_is_not_there_is_warned_of(tmp_path: Path) -> None:
    """Beside what fails: there is no log in it either."""
    told = checks(tmp_path / "nowhere" / "events.db")
    assert told["log"].level == "fail"
    assert told["rights"].text == f"there is no folder {tmp_path / 'nowhere'}: make it first"
