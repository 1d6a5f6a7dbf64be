"""A folder to start the command in: sources, incidents, and receivers of alerts."""

import base64
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

BUNDLED = Path(__file__).parent.parent / "sources"
"""The sources that come with the project."""

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes, no").decode()
SECRET_ENV = {"FERRY_SECRET": SECRET}
"""What the receivers' signatures are made and verified with."""


HERE = json.dumps([f"127.0.0.{n}" for n in range(1, 10)])
LOOPBACK = f'[polling]\nallow_hosts = {HERE}\ngap = "0s"\n'
"""What lets sources be on this machine."""


def write_incident(folder: Path, name: str, *, began: date, any_of: Iterable[str]) -> None:
    """Add an incident to the folder's `incidents.toml`."""
    table = (
        f'[{name}]\ntitle = "What happened: {name}"\ndate = {began.isoformat()}\n'
        f"match.any = {json.dumps(list(any_of))}\n\n"
    )
    path = folder / "sources" / "incidents.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + table)


def write_source(
    folder: Path,
    name: str,
    url: str,
    *,
    kind: str = "feed",
    rank: str = "agency",
    every: timedelta = timedelta(minutes=5),
    more: str = "",
) -> None:
    """Add a source to the folder."""
    path = folder / "sources" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    settings = folder / "tracker.toml"
    if url.startswith("http://127.") and not settings.exists():
        settings.write_text(LOOPBACK)
    path.write_text(
        f'kind = "{kind}"\nurl = {json.dumps(url)}\nname = "{name.title()}"\nrank = "{rank}"\n'
        f'every = "{int(every.total_seconds())}s"\n{more}'
    )


def write_receivers(folder: Path, *, rules: str = "", **urls: str) -> None:
    """Tell the receivers at these urls, by name, of everything, unless there are rules."""
    hooks = (
        f'[[webhook]]\nname = "{name}"\nurl = "{url}"\nsecret_env = "FERRY_SECRET"\n{rules}'
        for name, url in urls.items()
    )
    (folder / "tracker.toml").write_text(
        f'allow_hosts = ["127.0.0.1"]\n\n{LOOPBACK}\n' + "\n".join(hooks)
    )


def write_ferry(folder: Path) -> None:
    """An incident of today and a source, so that a report filed by hand is news."""
    write_incident(folder, "ferry", began=datetime.now(UTC).date(), any_of=["ferry"])
    write_source(folder, "wire", "wire.json")
