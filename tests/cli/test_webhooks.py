"""`tracker webhooks`: what is written, tried, changed and told of endpoints, by real commands."""

import json
import os
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from command import done, run
from folder import SECRET, SECRET_ENV, write_ferry, write_incident, write_receivers
from receiver import Answer, Receiver
from telling import give_up, outbox, tell

URL = "https://desk.example/hook"


NEWS_ALONE = "opened = false\n"
FALLS = (
    "confirmed; falls; by 5; by 2.5 %; across 100 1,000; no suggested; still for 10m; at most 1h; "
    "flap 1d; quiet 22:00-06:30; digest 07:00; Asia/Tehran"
)


def rows(folder: Path) -> list[list[str]]:
    """What `list` prints, cell by cell."""
    return [re.split(r"\s{2,}", row) for row in done("webhooks", "list", cwd=folder).splitlines()]


def refused(folder: Path, *args: str, code: int = 2, env: dict[str, str] | None = None) -> str:
    """The one line that a wrong command ends with; nothing of it is written."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ran = run("webhooks", *args, cwd=folder, env=env)
    assert (ran.returncode, ran.stdout) == (code, "")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    (line,) = ran.stderr.splitlines()
    return line


# add


def test_add_writes_a_table_and_makes_a_secret_that_is_shown_once(tmp_path: Path) -> None:
    """The secret stands alone on stdout, and in a file that only its owner can read."""
    added = run("webhooks", "add", URL, "--name", "desk", cwd=tmp_path)
    assert added.returncode == 0
    file = tmp_path / "secrets" / "desk"
    assert added.stdout == file.read_text()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=\n", added.stdout)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert (file.parent / ".gitignore").read_text() == "*\n"
    assert "tracker webhooks test desk" in added.stderr
    assert added.stdout.strip() not in added.stderr
    assert tomllib.loads((tmp_path / "tracker.toml").read_text()) == {
        "webhook": [{"name": "desk", "url": URL, "secret_file": "secrets/desk"}]
    }
    assert [name for name, *_ in rows(tmp_path)] == ["desk"]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_what_the_file_holds_stays_byte_for_byte(tmp_path: Path, end: str) -> None:
    """Comments, order and line ends included; the new table comes after it."""
    line = "\r\n" if end == "\r\n" else "\n"
    old = f"# Ours.{line}contact = 'desk@cape.example'  # who asks{end}".encode()
    (tmp_path / "tracker.toml").write_bytes(old)
    done("webhooks", "add", URL, cwd=tmp_path)
    new = (tmp_path / "tracker.toml").read_bytes()
    assert new.startswith(old)
    assert b"\n" not in new.replace(line.encode(), b"")
    assert tomllib.loads(new.decode())["webhook"][0]["name"] == "desk.example"


def test_add_takes_incidents_and_measures_that_are_known(tmp_path: Path) -> None:
    write_ferry(tmp_path)
    args = ("--incident", "ferry", "--measure", "killed", "--measure", "missing")
    done("webhooks", "add", URL, "--name", "desk", *args, cwd=tmp_path)
    [[*_, rules]] = rows(tmp_path)
    assert rules == "ferry; killed, missing"


def test_a_secret_that_is_there_already_is_used_and_not_shown(tmp_path: Path) -> None:
    """Of a file, named from where the command is started, and of a variable."""
    (tmp_path / "keys").write_text(f"{SECRET}\n")
    assert done("webhooks", "add", URL, "--secret-file", "keys", cwd=tmp_path) == ""
    args = ("--name", "other", "--secret-env", "FERRY_SECRET")
    assert done("webhooks", "add", URL, *args, cwd=tmp_path, env=SECRET_ENV) == ""
    hooks = tomllib.loads((tmp_path / "tracker.toml").read_text())["webhook"]
    assert [each.get("secret_file") or each.get("secret_env") for each in hooks] == [
        "keys",
        "FERRY_SECRET",
    ]


def test_a_variable_that_is_not_set_is_told_with_a_secret_to_set(tmp_path: Path) -> None:
    added = run("webhooks", "add", URL, "--secret-env", "NOT_SET_YET", cwd=tmp_path)
    assert added.stdout.startswith("whsec_")
    assert "NOT_SET_YET is not set here" in added.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["tracker.toml"]


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:8800/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("http://10.0.0.7/hook", "10.0.0.7"),
        ("http://localhost:9/", "localhost"),
        ("https://desk.lan/", "desk.lan"),
        ("https://desk.example/", None),
        ("https://93.184.216.34/", None),
    ],
)
def test_a_host_of_this_network_needs_to_be_allowed(
    tmp_path: Path, url: str, near: str | None
) -> None:
    """It is told with the line to write, which holds what is allowed already."""
    (tmp_path / "tracker.toml").write_text('allow_hosts = ["desk.local"]\n')
    said = run("webhooks", "add", url, "--name", "desk", cwd=tmp_path).stderr
    assert ("allow_hosts" in said) is (near is not None)
    if near is not None:
        assert f'allow_hosts = ["desk.local", "{near}"]' in said


def test_add_refuses_in_one_line_what_cannot_be(tmp_path: Path) -> None:
    """And leaves every file as it was."""
    write_incident(tmp_path, "ferry", began=date(2031, 5, 1), any_of=["ferry"])
    write_receivers(tmp_path, desk=URL)
    for args, said in (
        (("desk.example",), "'desk.example' is no address: write http://… or https://…"),
        ((URL, "--name", "desk"), "there is an endpoint 'desk' already: give this one another"),
        ((URL, "--name", " "), "is no name"),
        ((URL, "--incident", "fery"), "no incident 'fery' (did you mean 'ferry'?)"),
        (("127.0.0.1:8803/x",), "write http://… or https://…"),
        (("https://me:whsec_abc@desk.example/",), "a user or a password before its @"),
        (("http://2130706433:8800/",), "'2130706433' is not a way to write an address"),
        (("http://a..example/",), "'a..example' is no name of a host"),
        ((f"http://{'a' * 70}.example/",), "is no name of a host"),
        (("http://desk.example:99999/",), "'99999' is no port: write one from 1 to 65535"),
        ((URL, "--measure", "kiled"), "no measure 'kiled' (did you mean 'killed'?)"),
        ((URL, "--measure", "dead"), "no measure 'dead' (did you mean 'killed'?)"),
        ((URL, "--secret-env", "A", "--secret-file", "b"), "give one of them"),
        ((URL, "--secret-env", "whsec_abc"), "the name of an environment variable"),
        ((URL, "--secret-file", "sources"), "is a directory"),
        ((URL, "--secret-file", "not/there/key"), "there is no folder not: make it first"),
    ):
        line = refused(tmp_path, "add", *args)
        assert said in line
        assert "whsec_abc" not in line


def test_where_the_settings_have_no_folder_no_secret_is_made(tmp_path: Path) -> None:
    ran = run(
        "--config", "no/tracker.toml", "webhooks", "add", URL, "--secret-file", "k", cwd=tmp_path
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "/no: make it first" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_wrong_or_would_be_is_left_as_it_is(tmp_path: Path) -> None:
    """No secret stays behind either."""
    (tmp_path / "tracker.toml").write_text("contakt = 3\n")
    assert "unknown key (did you mean 'contact'?)" in refused(tmp_path, "add", URL)
    (tmp_path / "tracker.toml").write_text("webhook = []\n")
    added = run("webhooks", "add", URL, cwd=tmp_path)
    assert (added.returncode, added.stdout) == (2, "")
    assert "tracker.toml: has its webhooks in one line, `webhook = […]`" in added.stderr
    assert (tmp_path / "tracker.toml").read_text() == "webhook = []\n"
    assert not list(tmp_path.glob("secrets/desk*"))


def test_a_secret_file_of_that_name_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "desk").write_text("of another\n")
    line = refused(tmp_path, "add", URL, "--name", "desk")
    assert "secrets/desk is there already: use it with --secret-file" in line


@pytest.mark.parametrize("name", ["../../etc", "a/b", "Bereitschaft Süd", "…"])
def test_the_file_of_a_secret_stays_in_its_folder_whatever_the_name(
    tmp_path: Path, name: str
) -> None:
    done("webhooks", "add", URL, "--name", name, cwd=tmp_path)
    (file,) = (tmp_path / "secrets").glob("[!.]*")
    assert file.is_file()
    assert [each[0] for each in rows(tmp_path)] == [name]


def test_a_secret_is_of_the_user_whose_folder_it_is(tmp_path: Path) -> None:
    """Where root makes it; so are its folder and a new tracker.toml. Others are told."""
    root = os.geteuid() == 0
    other = 12345 if root else os.geteuid()
    os.chown(tmp_path, other, -1)
    added = run("webhooks", "add", URL, "--name", "desk", cwd=tmp_path)
    assert added.returncode == 0
    made = [*tmp_path.rglob("*")]
    assert {each.name for each in made} == {"tracker.toml", "secrets", ".gitignore", "desk"}
    assert {each.stat().st_uid for each in made} == {other}
    assert "of another user" not in added.stderr


# list


def test_list_needs_no_log_and_makes_none(tmp_path: Path) -> None:
    """The host of a webhook and the variable of a channel are shown, and nothing secret."""
    (tmp_path / "tracker.toml").write_text(
        '[[webhook]]\nname = "desk"\nurl = "https://desk.example:8443/secret?token=secret"\n'
        'secret_env = "S"\ndirection = "down"\nmin_change = 5\nmin_percent = 2.5\n'
        'thresholds = [100, 1000]\nstatus = ["confirmed"]\nsuggested = false\n'
        'debounce = "10m"\nmax_wait = "1h"\nflap = "1d"\nquiet = "22:00-06:30"\n'
        'digest = ["07:00"]\ntimezone = "Asia/Tehran"\n'
        '[[notify]]\nname = "phone"\nurl_env = "NTFY"\npolicy = "latest"\ndigest = "6h"\n'
    )
    phone_state = "no secret: NTFY is not set here"
    assert rows(tmp_path) == [
        [
            "desk", "desk.example:8443", "no secret: S is not set here", "0 waiting", "standard",
            FALLS,
        ],
        ["phone", "notify NTFY", phone_state, "0 waiting", "latest", "digest each 6h"],
    ]  # fmt: skip
    document = done("webhooks", "list", "--json", cwd=tmp_path)
    assert "token" not in document
    desk, phone = json.loads(document)
    assert (desk["kind"], phone["kind"]) == ("webhook", "notify")
    assert (desk["rules"]["status"], desk["rules"]["debounce"]) == (["confirmed"], "10m")
    assert desk["rules"]["quiet"] == "22:00-06:30"
    assert desk["rules"]["digest"] == ["07:00"]
    assert [each.name for each in tmp_path.iterdir()] == ["tracker.toml"]


def test_list_says_how_each_endpoint_stands(tmp_path: Path) -> None:
    """Ok, failing with the last answer and what waits, paused as it asked, or disabled as gone."""
    write_ferry(tmp_path)
    later = Answer(503, (("retry-after", "3600"),))
    with (
        Receiver() as ok,
        Receiver([Answer(500)] * 9) as failing,
        Receiver([later] * 9) as busy,
        Receiver([Answer(410)]) as gone,
    ):
        write_receivers(tmp_path, rules=NEWS_ALONE, a=ok.url, b=failing.url, c=busy.url, d=gone.url)
        tell(tmp_path, 12)
    a, b, c, d = (row[2:4] for row in rows(tmp_path))
    assert a == ["ok", "0 waiting"]
    assert re.fullmatch(r"failing since .*Z: 500 .*", b[0])
    assert re.fullmatch(r"paused until .*Z: 503 .*", c[0])
    assert re.fullmatch(r"disabled since .*Z: it answered 410, gone", d[0])
    # The others are told of the one that is gone, too.
    assert (b[1], c[1], d[1]) == ("2 waiting", "2 waiting", "1 waiting")
    states = [
        each["state"] for each in json.loads(done("webhooks", "list", "--json", cwd=tmp_path))
    ]
    assert states == ["ok", "failing", "paused", "disabled"]


def test_list_says_why_nothing_can_arrive(tmp_path: Path) -> None:
    """A secret that is not there, a host that may not be posted to, and rules that hold back."""
    write_ferry(tmp_path)
    (tmp_path / "tracker.toml").write_text(
        f'[[webhook]]\nname = "a"\nurl = "{URL}"\nsecret_file = "keys"\n'
        '[[webhook]]\nname = "b"\nurl = "http://127.0.0.1:8800/"\nsecret_env = "FERRY_SECRET"\n'
        '[[webhook]]\nname = "c"\nurl = "http://localhost/"\nsecret_env = "FERRY_SECRET"\n'
        f'[[webhook]]\nname = "d"\nurl = "{URL}"\nsecret_env = "FERRY_SECRET"\n'
        'debounce = "10m"\nopened = false\n'
    )
    tell(tmp_path, 12, env={})
    listed = done("webhooks", "list", cwd=tmp_path, env=SECRET_ENV).splitlines()
    a, b, c, d = (re.split(r"\s{2,}", row)[2:4] for row in listed)
    assert re.fullmatch(r"no secret: .*keys cannot be read \(No such file or directory\)", a[0])
    assert b[0] == c[0] == "refused: not in allow_hosts"
    assert d[0] == "never tried"
    assert re.fullmatch(r"0 waiting, 1 held until \S+ \d\d:\d\d:\d\dZ", d[1])
    *_, held = json.loads(done("webhooks", "list", "--json", cwd=tmp_path, env=SECRET_ENV))
    assert held["held"] == 1
    assert held["held_until"] is not None


def test_list_of_nothing_says_what_to_do(tmp_path: Path) -> None:
    listed = run("webhooks", "list", cwd=tmp_path)
    assert (listed.returncode, listed.stdout) == (0, "")
    assert "`tracker webhooks add URL`" in listed.stderr


# test


def test_a_test_is_signed_states_no_figure_and_leaves_nothing(tmp_path: Path) -> None:
    """It verifies by the reference implementation; the outbox is as before; no log is made."""
    with Receiver([Answer(200, body=b"thank you\x1b[2J")]) as receiver:
        write_receivers(tmp_path, desk=receiver.url)
        tried = run("webhooks", "test", "desk", cwd=tmp_path, env=SECRET_ENV)
        assert tried.returncode == 0
        assert tried.stdout == "200 OK: thank you [2J\n"
        (got,) = receiver.got
    alert = Webhook(SECRET).verify(got.body, got.headers)
    assert alert["type"] == "endpoint.test"
    assert not re.search(r"\d", alert["data"]["words"])
    assert [each.name for each in tmp_path.iterdir()] == ["tracker.toml"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(Answer(500), "500"), (Answer(302), "redirects are not followed"), (Answer(0), "hung up")],
)
def test_a_test_that_is_not_taken_exits_with_1(tmp_path: Path, answer: Answer, said: str) -> None:
    with Receiver([answer]) as receiver:
        write_receivers(tmp_path, desk=receiver.url)
        tried = run("webhooks", "test", "desk", cwd=tmp_path, env=SECRET_ENV)
    assert tried.returncode == 1
    assert said in tried.stdout


def test_a_test_without_a_secret_is_one_line(tmp_path: Path) -> None:
    write_receivers(tmp_path, desk=URL)
    assert "FERRY_SECRET: is not set" in refused(tmp_path, "test", "desk")


def test_a_test_that_breaks_on_its_way_is_told_and_no_traceback(tmp_path: Path) -> None:
    """Though nobody thought of that error: an address that is longer than any request may be."""
    write_receivers(tmp_path, desk=f"{URL}?{'a' * 70_000}")
    tried = run("webhooks", "test", "desk", cwd=tmp_path, env=SECRET_ENV)
    assert tried.returncode == 1
    assert len(tried.stdout.splitlines()) == 1
    assert "Traceback" not in tried.stderr


def test_a_test_to_an_address_that_is_not_allowed_says_what_to_allow(tmp_path: Path) -> None:
    with Receiver() as receiver:
        done("webhooks", "add", receiver.url, "--name", "desk", cwd=tmp_path)
        tried = run("webhooks", "test", "desk", cwd=tmp_path)
        assert tried.returncode == 1
        assert "add it to allow_hosts" in tried.stdout
        assert receiver.got == []


@pytest.mark.parametrize("verb", ["test", "rotate", "enable", "disable"])
def test_an_endpoint_that_is_not_there_is_told_with_the_nearest(tmp_path: Path, verb: str) -> None:
    write_receivers(tmp_path, desk=URL)
    assert refused(tmp_path, verb, "dest").endswith("no endpoint 'dest' (did you mean 'desk'?)")


# rotate


def test_while_a_secret_is_rotated_no_verification_fails(tmp_path: Path) -> None:
    """One who knows the old secret verifies every alert until --finish, one who has the new too.

    A third secret is refused before that; a daemon would need no restart.
    """
    write_ferry(tmp_path)
    with Receiver() as receiver:
        done("webhooks", "add", receiver.url, "--name", "desk", cwd=tmp_path)
        settings = tmp_path / "tracker.toml"
        settings.write_text('allow_hosts = ["127.0.0.1"]\n' + settings.read_text() + NEWS_ALONE)
        file = tmp_path / "secrets" / "desk"
        old = file.read_text().strip()
        file.chmod(0o640)
        tell(tmp_path, 12)
        new = done("webhooks", "rotate", "desk", cwd=tmp_path).strip()
        tell(tmp_path, 13)
        assert "finish the last rotation first" in refused(tmp_path, "rotate", "desk")
        done("webhooks", "rotate", "desk", "--finish", cwd=tmp_path)
        tell(tmp_path, 14)
        first, both, last = receiver.got
    for secret, got in ((old, first), (old, both), (new, both), (new, last)):
        assert Webhook(secret).verify(got.body, got.headers)["type"] == "estimate.revised"
    assert old != new
    assert file.read_text() == f"{new}\n"
    assert file.stat().st_mode & 0o777 == 0o640
    again = run("webhooks", "rotate", "desk", "--finish", cwd=tmp_path)
    assert (again.returncode, file.read_text()) == (0, f"{new}\n")
    assert "there is one secret only, and nothing to drop" in again.stderr


def test_comments_in_the_file_of_a_secret_stay(tmp_path: Path) -> None:
    """Another endpoint that has the same file is named."""
    (tmp_path / "keys").write_text(f"# since May\n{SECRET}\n")
    done("webhooks", "add", URL, "--name", "desk", "--secret-file", "keys", cwd=tmp_path)
    done("webhooks", "add", URL, "--name", "wiki", "--secret-file", "keys", cwd=tmp_path)
    rotated = run("webhooks", "rotate", "desk", cwd=tmp_path)
    new = rotated.stdout
    assert "the same file is that of 'wiki': their receivers change over, too" in rotated.stderr
    assert (tmp_path / "keys").read_text() == f"{new}# since May\n{SECRET}\n"
    done("webhooks", "rotate", "desk", "--finish", cwd=tmp_path)
    assert (tmp_path / "keys").read_text() == f"{new}# since May\n"


def test_of_a_variable_the_value_to_set_is_printed_and_nothing_changed(tmp_path: Path) -> None:
    """The new secret, and after it the old one where it is known here; never a third."""
    write_receivers(tmp_path, desk=URL)
    before = (tmp_path / "tracker.toml").read_bytes()
    new, old = done("webhooks", "rotate", "desk", cwd=tmp_path, env=SECRET_ENV).split()
    assert old == SECRET
    assert new.startswith("whsec_")
    (alone,) = done("webhooks", "rotate", "desk", cwd=tmp_path).split()
    assert alone.startswith("whsec_")
    both = {"FERRY_SECRET": f"{new} {old}"}
    assert "leave only the first" in refused(tmp_path, "rotate", "desk", env=both)
    finished = run("webhooks", "rotate", "desk", "--finish", cwd=tmp_path, env=both)
    assert (finished.returncode, finished.stdout) == (0, "")
    assert "leave only the first secret in FERRY_SECRET" in finished.stderr
    assert (tmp_path / "tracker.toml").read_bytes() == before


def test_what_cannot_be_rotated_is_one_line(tmp_path: Path) -> None:
    """A file that is missing or empty, and a channel, which signs nothing."""
    (tmp_path / "tracker.toml").write_text(
        f'[[webhook]]\nname = "desk"\nurl = "{URL}"\nsecret_file = "keys"\n'
        '[[notify]]\nname = "phone"\nurl_env = "NTFY"\n'
    )
    assert "keys: there is no such file" in refused(tmp_path, "rotate", "desk")
    (tmp_path / "keys").write_text("\n")
    assert "keys: holds no secret" in refused(tmp_path, "rotate", "desk")
    assert "'phone' is a [[notify]], which signs nothing" in refused(tmp_path, "rotate", "phone")


def test_a_killed_rotation_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    """What it left beside the file is not read, and taken away by the next one."""
    done("webhooks", "add", URL, "--name", "desk", cwd=tmp_path)
    left = tmp_path / "secrets" / ".desk.new"
    left.write_text("half a sec")
    left.chmod(0o644)
    done("webhooks", "rotate", "desk", cwd=tmp_path)
    assert not left.exists()
    assert (tmp_path / "secrets" / "desk").stat().st_mode & 0o777 == 0o600


# enable, disable


def test_what_is_disabled_is_sent_nothing_until_it_is_enabled(tmp_path: Path) -> None:
    """What waited goes out; news that came meanwhile is told as it stands by then."""
    write_ferry(tmp_path)
    with Receiver([Answer(500)]) as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        tell(tmp_path, 12)
        told = run("webhooks", "disable", "desk", cwd=tmp_path).stderr
        assert "1 alert waits until `tracker webhooks enable desk`" in told
        assert re.match(r"disabled since .*Z: by hand", rows(tmp_path)[0][2])
        tell(tmp_path, 13)
        tell(tmp_path, 14)
        assert len(receiver.got) == 1
        told = run("webhooks", "enable", "desk", cwd=tmp_path).stderr
        assert "desk is enabled: 1 alert waits" in told
        assert "what it missed of 1 incident is told as well, by the daemon or the next" in told
        run("poll", cwd=tmp_path, env=SECRET_ENV)  # as a daemon would by itself
        first, again, meanwhile = receiver.got
        assert again.body == first.body
        assert again.headers["webhook-id"] == first.headers["webhook-id"]
    alert = Webhook(SECRET).verify(meanwhile.body, meanwhile.headers)
    assert alert["type"] == "estimate.backfilled"
    (estimate,) = alert["data"]["estimates"]
    assert (estimate["before"]["best"], estimate["after"]["best"]) == (12, 14)
    assert rows(tmp_path)[0][2:4] == ["ok", "0 waiting"]


@pytest.mark.parametrize("answer", [Answer(503, (("retry-after", "3600"),)), Answer(410)])
def test_enabling_forgives_failures_and_asks_at_once(tmp_path: Path, answer: Answer) -> None:
    """Though it had asked for an hour, or had said that it is gone."""
    write_ferry(tmp_path)
    with Receiver([answer]) as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        tell(tmp_path, 12)
        waits = run("deliver", cwd=tmp_path, env=SECRET_ENV)
        assert waits.returncode == 0
        stands = rows(tmp_path)[0][2]
        told = f"desk is {stands}; 1 waiting: to send to it again, `tracker webhooks enable desk`"
        assert told in waits.stderr
        assert "nothing was due" in waits.stderr
        done("webhooks", "enable", "desk", cwd=tmp_path)
        assert re.search("  delivered  +204 ", done("deliver", cwd=tmp_path, env=SECRET_ENV))
        assert len(receiver.got) == 2
    assert rows(tmp_path)[0][2] == "ok"


def test_what_was_given_up_is_told_with_the_command_that_sends_it(tmp_path: Path) -> None:
    write_ferry(tmp_path)
    with Receiver([Answer(500)]) as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        tell(tmp_path, 12)
        give_up(tmp_path)
        told = run("webhooks", "enable", "desk", cwd=tmp_path).stderr
        found = re.search(r"`tracker (deliver --since \S+ --endpoint desk)`", told)
        assert found
        assert "0 alerts wait" in told
        done(*found[1].split(), cwd=tmp_path, env=SECRET_ENV)
        assert len(receiver.got) == 2
    assert [each["state"] for each in outbox(tmp_path)] == ["delivered"]


@pytest.mark.parametrize("verb", ["enable", "disable"])
def test_where_there_is_no_log_nothing_is_changed_and_none_made(tmp_path: Path, verb: str) -> None:
    write_receivers(tmp_path, desk=URL)
    assert "no log at events.db yet" in refused(tmp_path, verb, "desk", code=1)


def test_disabling_twice_is_no_harm(tmp_path: Path) -> None:
    write_ferry(tmp_path)
    tell(tmp_path, 12)
    write_receivers(tmp_path, desk=URL)
    done("webhooks", "disable", "desk", cwd=tmp_path)
    again = run("webhooks", "disable", "desk", cwd=tmp_path)
    assert again.returncode == 0
    assert "has been disabled since" in again.stderr
