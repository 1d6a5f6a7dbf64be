"""What leads nowhere is told by the daemon: at its start, and when the settings change."""

from pathlib import Path

from command import Running
from folder import SECRET_ENV, write_ferry, write_receivers
from receiver import Receiver
from telling import tell

NEWS_ALONE = "opened = false\n"


def test_the_daemon_tells_of_alerts_and_rules_that_lead_nowhere(tmp_path: Path) -> None:
    """An endpoint that is gone while alerts wait for it, an incident that nobody knows."""
    write_ferry(tmp_path)
    with Receiver() as receiver:
        write_receivers(tmp_path, rules=NEWS_ALONE, old=receiver.url, bad=receiver.url)
        tell(tmp_path, 12, env={})
        write_receivers(tmp_path, rules='incidents = ["fery"]\n', bad=receiver.url)
        with Running("daemon", cwd=tmp_path) as daemon:
            daemon.wait_for(r"endpoint 'old' is no longer in tracker\.toml: 1 alert waits for it")
            daemon.wait_for(
                r"webhook 'bad', key 'incidents': no incident 'fery' \(did you mean 'ferry'\?\)"
            )
            assert "serving events.db: 1 source, 1 webhook" in daemon.lines[0]
            write_receivers(tmp_path, rules='incidents = ["fer"]\n', new=receiver.url)
            daemon.wait_for(
                r"endpoint 'bad' is no longer in tracker\.toml: 1 alert waits for it and"
            )
            daemon.wait_for(r"webhook 'new', key 'incidents': no incident 'fer' ")
            write_receivers(tmp_path, rules=NEWS_ALONE, bad=receiver.url)
            assert daemon.end() == 0
        assert receiver.got == []
        with Running("daemon", cwd=tmp_path, env=SECRET_ENV) as daemon:
            receiver.wait_for(1)  # Its table is back, and so what waited goes out.
            assert daemon.end() == 0
