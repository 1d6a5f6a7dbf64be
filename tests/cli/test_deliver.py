"""`tracker deliver`: what is due is sent now, and what was sent is sent again, with its id."""

import json
from pathlib import Path

from command import Running, done, run
from folder import SECRET_ENV, write_ferry, write_receivers
from receiver import Answer, Receiver
from telling import give_up, outbox, tell

NEWS_ALONE = "opened = false\n"


def deliver(folder: Path, *args: str, code: int = 0) -> tuple[list[str], str]:
    """The lines that `deliver` prints, and what it says beside them."""
    ran = run("deliver", *args, cwd=folder, env=SECRET_ENV)
    assert ran.returncode == code, ran.stderr
    return ran.stdout.splitlines(), ran.stderr


def test_what_is_due_is_sent_and_told(tmp_path: Path) -> None:
    """Those behind one that was stuck follow in order, in one go."""
    write_ferry(tmp_path)
    with Receiver() as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        tell(tmp_path, 12, env={})
        tell(tmp_path, 13, env={})
        assert receiver.got == []
        lines, said = deliver(tmp_path)
        numbers = [json.loads(each.body)["data"]["sequence"] for each in receiver.got]
    assert numbers == [1, 2]
    assert [line.split("  ")[1:3] for line in lines] == [["desk", "delivered"]] * 2
    assert "2 delivered, 0 failed" in said
    assert deliver(tmp_path) == ([], "tracker: nothing was due\n")


def test_a_failure_is_told_with_when_it_is_tried_again(tmp_path: Path) -> None:
    """And is exit code 1."""
    write_ferry(tmp_path)
    with Receiver([Answer(500)]) as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        tell(tmp_path, 12, env={})
        (line,), said = deliver(tmp_path, code=1)
    assert "  again at " in line
    assert "  500 " in line
    assert "0 delivered, 1 failed" in said


def test_a_secret_that_is_missing_is_told_and_nothing_sent(tmp_path: Path) -> None:
    """A variable may be set for the daemon, which is no failure; a file is missing for all."""
    write_ferry(tmp_path)
    with Receiver() as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        tell(tmp_path, 12, env={})
        ran = run("deliver", cwd=tmp_path)
        assert receiver.got == []
    assert ran.returncode == 0
    assert "0 delivered, 0 failed; the alerts of 1 endpoint wait" in ran.stderr
    assert "the daemon may have it" in ran.stderr
    settings = tmp_path / "tracker.toml"
    settings.write_text(
        settings.read_text().replace('secret_env = "FERRY_SECRET"', 'secret_file = "keys"')
    )
    _, said = deliver(tmp_path, code=1)
    assert "0 delivered, 1 failed" in said
    assert "desk waiting webhook 'desk': FERRY_SECRET: is not set" in " ".join(ran.stdout.split())


def test_one_alert_is_sent_again_with_its_id_and_body(tmp_path: Path) -> None:
    """Though it was delivered; the one after it is not."""
    write_ferry(tmp_path)
    with Receiver() as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        tell(tmp_path, 12)
        tell(tmp_path, 13)
        first = outbox(tmp_path)[-1]["id"]
        (line,), _ = deliver(tmp_path, "--retry", first[:24], "--endpoint", "desk")
        once, _, again = receiver.got
    assert line.startswith(f"{first[:24]}  desk  delivered")
    assert again.headers["webhook-id"] == once.headers["webhook-id"] == first
    assert again.body == once.body


def test_since_sends_what_was_not_delivered(tmp_path: Path) -> None:
    """To one endpoint or to all; what arrived does not come twice."""
    write_ferry(tmp_path)
    with Receiver() as desk, Receiver([Answer(500)]) as wiki, Receiver([Answer(500)]) as ngo:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=desk.url, wiki=wiki.url, ngo=ngo.url)
        tell(tmp_path, 12)
        give_up(tmp_path, "wiki")
        give_up(tmp_path, "ngo")
        assert deliver(tmp_path)[0] == []
        lines, said = deliver(tmp_path, "--since", "1h", "--endpoint", "wiki")
        assert "1 alert to be sent again" in said
        assert [line.split("  ")[1] for line in lines] == ["wiki"]
        lines, _ = deliver(tmp_path, "--since", "1h")
        assert [line.split("  ")[1] for line in lines] == ["ngo"]
        assert (len(desk.got), len(wiki.got), len(ngo.got)) == (1, 2, 2)


def test_beside_a_daemon_it_is_sent_once_by_whoever_comes_first(tmp_path: Path) -> None:
    write_ferry(tmp_path)
    with Receiver() as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        with Running("daemon", cwd=tmp_path, env=SECRET_ENV) as daemon:
            daemon.wait_for("serving events.db")
            done("webhooks", "disable", "desk", cwd=tmp_path)
            done("webhooks", "enable", "desk", cwd=tmp_path)
            tell(tmp_path, 12, env={})
            deliver(tmp_path)
            receiver.wait_for(1)
            assert daemon.end() == 0
        assert len(receiver.got) == 1
    assert [each["state"] for each in outbox(tmp_path)] == ["delivered"]


def test_what_cannot_be_is_one_line(tmp_path: Path) -> None:
    """With exit code 2, or 1 where there is no log, and then none is made."""
    nothing = run("deliver", cwd=tmp_path)
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert list(tmp_path.iterdir()) == []
    write_ferry(tmp_path)
    with Receiver() as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, desk=receiver.url)
        tell(tmp_path, 12)
        tell(tmp_path, 13)
        for args, said in (
            (("--retry", "msg_nothing"), "no alert 'msg_nothing'"),
            (("--retry", ""), "no alert ''"),
            (("--retry", "msg_"), "2 alerts begin with 'msg_': give more of the id"),
            (("--retry", "msg_", "--since", "1h"), "give it without --since"),
            (("--endpoint", "dest"), "no endpoint 'dest' (did you mean 'desk'?)"),
            (("--since", "soon"), "'soon' is no time"),
        ):
            ran = run("deliver", *args, cwd=tmp_path)
            assert (ran.returncode, ran.stdout) == (2, "")
            (line,) = ran.stderr.splitlines()
            assert said in line
        assert len(receiver.got) == 2
    made = outbox(tmp_path)[0]["id"]
    (tmp_path / "tracker.toml").write_text("")
    taken_out = run("deliver", "--retry", made, cwd=tmp_path)
    assert taken_out.returncode == 2
    assert "no endpoint 'desk'" in taken_out.stderr
