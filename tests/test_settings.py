"""`tracker.toml`: what is read, and the one line that each mistake becomes."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from tracker.alerts.endpoint import Channel, Endpoint, Rules, Webhook
from tracker.errors import ConfigError
from tracker.model import Measure, Status
from tracker.settings import Polling, Settings, load_settings

HOOK = '[[webhook]]\nurl = "https://desk.example/in"\nsecret_env = "DESK_SECRET"\n'
PHONE = '[[notify]]\nname = "phone"\nurl_env = "NTFY"\n'


def load(folder: Path, text: str) -> Settings:
    (folder / "tracker.toml").write_text(text)
    return load_settings(folder / "tracker.toml")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "tracker.toml") == Settings(
        contact=None, fresh=timedelta(hours=24), allow_hosts=(), endpoints=()
    )


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        'contact = "desk@news.example"\nfresh = "6h"\nallow_hosts = ["127.0.0.1", "Desk.local"]\n'
        + HOOK
        + 'name = "desk"\nincidents = ["ferry"]\nmeasures = ["killed", "missing"]\n'
        + 'policy = "latest"\nsources = false\n'
        + PHONE
        + '[polling]\ngap = "0s"\nallow_hosts = ["10.0.0.7"]\nproxy = "http://proxy.lan:3128"\n',
    )
    assert settings == Settings(
        contact="desk@news.example",
        fresh=timedelta(hours=6),
        allow_hosts=("127.0.0.1", "desk.local"),
        endpoints=(
            Endpoint(
                name="desk",
                way=Webhook(url="https://desk.example/in", secret_env="DESK_SECRET"),
                policy="latest",
                rules=Rules(
                    incidents=frozenset({"ferry"}),
                    measures=frozenset({Measure.KILLED, Measure.MISSING}),
                    sources=False,
                ),
            ),
            Endpoint(name="phone", way=Channel(url_env="NTFY")),
        ),
        polling=Polling(gap=timedelta(0), allow_hosts=("10.0.0.7",), proxy="http://proxy.lan:3128"),
    )


RULES = """\
status = ["confirmed", "contested"]
direction = "down"
min_change = 5
min_percent = 10
thresholds = [1000, 100, 100]
first = false
contested = false
opened = false
suggested = false
debounce = "10m"
max_wait = "1h"
flap = "1d"
quiet = "22:00-06:30"
digest = ["19:00", "7:00"]
timezone = "Asia/Tehran"
"""


@pytest.mark.parametrize("table", [HOOK, PHONE])
def test_every_rule_is_read_for_webhooks_and_channels_alike(tmp_path: Path, table: str) -> None:
    """Thresholds and times of a digest come in order, each once."""
    [endpoint] = load(tmp_path, table + RULES).endpoints
    assert endpoint.rules == Rules(
        statuses=frozenset({Status.CONFIRMED, Status.CONTESTED}),
        direction="down",
        min_change=5,
        min_percent=10.0,
        thresholds=(100, 1000),
        first=False,
        contested=False,
        opened=False,
        suggested=False,
        debounce=timedelta(minutes=10),
        max_wait=timedelta(hours=1),
        flap=timedelta(days=1),
        quiet=(time(22), time(6, 30)),
        digest=(time(7), time(19)),
        timezone="Asia/Tehran",
    )


def test_a_digest_may_be_a_span(tmp_path: Path) -> None:
    [endpoint] = load(tmp_path, HOOK + 'digest = "6h"').endpoints
    assert endpoint.rules.digest == timedelta(hours=6)


def test_webhooks_come_before_channels_in_the_order_of_the_file(tmp_path: Path) -> None:
    other = PHONE.replace("phone", "mail")
    endpoints = load(tmp_path, PHONE + HOOK + other).endpoints
    assert [each.name for each in endpoints] == ["desk.example", "phone", "mail"]


def test_a_secret_may_be_in_a_file_beside_the_settings(tmp_path: Path) -> None:
    """Its path is relative to the folder of `tracker.toml`, wherever the command is started."""
    hook = HOOK.replace('secret_env = "DESK_SECRET"', 'secret_file = "secrets/desk"')
    [endpoint] = load(tmp_path, hook).endpoints
    assert endpoint.way == Webhook(
        url="https://desk.example/in", secret_file=str(tmp_path / "secrets" / "desk")
    )
    [endpoint] = load(tmp_path, hook.replace("secrets/desk", "/run/keys/desk")).endpoints
    assert endpoint.way == Webhook(url="https://desk.example/in", secret_file="/run/keys/desk")


def test_a_webhook_is_named_after_its_host_and_wants_everything(tmp_path: Path) -> None:
    assert load(tmp_path, HOOK).endpoints == (
        Endpoint(
            name="desk.example",
            way=Webhook(url="https://desk.example/in", secret_env="DESK_SECRET"),
            policy="standard",
            rules=Rules(),
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('freesh = "1h"', "key 'freesh': unknown key (did you mean 'fresh'?)"),
        (
            'fresh = "soon"',
            """key 'fresh': 'soon' is no span of time: write "30s", "5m", "2h" or "1d\"""",
        ),
        (
            'allow_hosts = ["http://localhost"]',
            (
                "key 'allow_hosts.1': 'http://localhost' is no host: write its name or address, "
                "without http://"
            ),
        ),
        (
            '[[webhook]]\nurl = "https://x.example"',
            (
                "key 'webhook.1': `secret_env` or `secret_file` says where the secret is, and "
                "neither is there: write one"
            ),
        ),
        (
            HOOK + 'secret_file = "secrets/desk"',
            (
                "key 'webhook.1': `secret_env` or `secret_file` says where the secret is, and "
                "both are there: write one"
            ),
        ),
        (HOOK + 'name = " "', "key 'webhook.1.name': ' ' is no name: write up to 100 letters"),
        (
            HOOK.replace("https://desk.example/in", "desk.example"),
            "key 'webhook.1.url': 'desk.example' is no address: write http://… or https://…",
        ),
        (
            HOOK.replace("desk.example/in", "[desk"),
            "key 'webhook.1.url': 'https://[desk' is no address: write http://… or https://…",
        ),
        (
            HOOK.replace("DESK_SECRET", "whsec_c2VjcmV0"),
            (
                "key 'webhook.1.secret_env': must be the name of an environment variable that "
                "holds the secret, not the secret"
            ),
        ),
        (
            HOOK + 'measures = ["kiled"]',
            "key 'webhook.1.measures.1': unknown value 'kiled' (did you mean 'killed'?)",
        ),
        (
            HOOK + 'policy = "standart"',
            "key 'webhook.1.policy': unknown value 'standart' (did you mean 'standard'?)",
        ),
        (
            HOOK + HOOK,
            (
                "key 'webhook.2.name': a second endpoint named 'desk.example': give each a name of "
                "its own"
            ),
        ),
        (
            HOOK + 'name = "phone"\n' + PHONE,
            "key 'notify.1.name': a second endpoint named 'phone': give each a name of its own",
        ),
        ('[[notify]]\nurl_env = "NTFY"', "key 'notify.1.name': missing: add it"),
        (
            HOOK + 'status = ["reportd"]',
            "key 'webhook.1.status.1': unknown value 'reportd' (did you mean 'reported'?)",
        ),
        (
            PHONE + 'direction = "dwon"',
            "key 'notify.1.direction' of 'phone': unknown value 'dwon' (did you mean 'down'?)",
        ),
        (HOOK + "min_change = -1", "key 'webhook.1.min_change': must be 0 or more, not -1"),
        (
            HOOK + "min_change = 1.5",
            "key 'webhook.1.min_change': must be a whole number, not 1.5",
        ),
        (HOOK + "min_percent = nan", "key 'webhook.1.min_percent': must be 0 or more, not nan"),
        (
            HOOK + "thresholds = [100, 0]",
            "key 'webhook.1.thresholds.2': must be 1 or more, not 0",
        ),
        (
            HOOK + 'max_wait = "5m"',
            (
                "key 'webhook.1.max_wait': has no meaning without `debounce`: add that, or leave "
                "this out"
            ),
        ),
        (
            HOOK + 'max_wait = "5m"\ndebounce = "10m"',
            (
                "key 'webhook.1.max_wait': is shorter than `debounce`: make it longer, or leave "
                "it out"
            ),
        ),
        (
            HOOK + 'quiet = "22:00"',
            """key 'webhook.1.quiet': '22:00' are no hours: write "22:00-06:30\"""",
        ),
        (
            HOOK + 'quiet = "22:00-24:00"',
            """key 'webhook.1.quiet': '24:00' is no time of the day: write "07:00\"""",
        ),
        (
            HOOK + 'quiet = "22:00-22:00"',
            (
                "key 'webhook.1.quiet': '22:00-22:00' begins when it ends: write two times that "
                "differ"
            ),
        ),
        (
            HOOK + 'digest = "07:00"',
            """key 'webhook.1.digest': write times of the day as a list: ["07:00"]""",
        ),
        (
            HOOK + 'digest = "30s"',
            "key 'webhook.1.digest': '30s' is too short for a digest: write at least 1m",
        ),
        (
            HOOK.replace("desk.", "me:pass@desk."),
            (
                "key 'webhook.1.url': holds a user or a password before its @, which belong in no "
                "file: leave them out; the receiver knows by the signature who posts"
            ),
        ),
        (
            HOOK.replace("desk.example", "desk.example:99999"),
            "key 'webhook.1.url': '99999' is no port: write one from 1 to 65535",
        ),
        (
            HOOK + HOOK + 'name = "wiki"\nmin_change = -1',
            "key 'webhook.2.min_change' of 'wiki': must be 0 or more, not -1",
        ),
        (
            HOOK + 'name = "wiki"\nmeasures = ["killed", "dead"]',
            "key 'webhook.1.measures.2' of 'wiki': unknown value 'dead' (did you mean 'killed'?)",
        ),
        (
            HOOK + 'measures = ["wounded"]',
            "key 'webhook.1.measures.1': unknown value 'wounded' (did you mean 'injured'?)",
        ),
        (
            HOOK + "status = []",
            """key 'webhook.1.status': names nothing: write ["confirmed"], or leave it out""",
        ),
        (
            HOOK + "incidents = []",
            """key 'webhook.1.incidents': names nothing: write ["ferry-2031"], or leave it out""",
        ),
        (
            HOOK + "measures = []",
            """key 'webhook.1.measures': names nothing: write ["killed"], or leave it out""",
        ),
        (
            HOOK + "thresholds = []",
            "key 'webhook.1.thresholds': names nothing: write [100], or leave it out",
        ),
        (
            HOOK + "digest = []",
            """key 'webhook.1.digest': names no time: write ["07:00"], or leave it out""",
        ),
        (
            HOOK + 'digest = "daily"',
            (
                "key 'webhook.1.digest': 'daily' is no digest: write times of the day "
                '(["07:00", "19:00"]), or a span ("6h")'
            ),
        ),
        (
            HOOK + 'timezone = "Europe/Berln"',
            (
                "key 'webhook.1.timezone': unknown value 'Europe/Berln' (did you mean "
                "'Europe/Berlin'?)"
            ),
        ),
        ("webhook = 1", """key 'webhook': must be a list in brackets: ["…"], not 1"""),
        ("fresh = \n", "line 1: not valid TOML: Invalid value"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert str(caught.value) == f"{tmp_path}/tracker.toml, {message}"


@pytest.mark.parametrize(
    "table",
    [
        HOOK.replace("DESK_SECRET", "whsec_bm90IGEgc2VjcmV0"),
        HOOK.replace('env = "DESK_SECRET"', 'file = "whsec_bm90IGEgc2VjcmV0"'),
        PHONE.replace("NTFY", "ntfy://user:bm90IGEgc2VjcmV0@ntfy.example/desk"),
        PHONE + 'url = "ntfy://user:bm90IGEgc2VjcmV0@ntfy.example/desk"',
    ],
)
def test_a_secret_in_the_file_is_refused_without_being_printed(tmp_path: Path, table: str) -> None:
    """Nor is an address of Apprise's, which is one itself; the line says where it belongs."""
    with pytest.raises(ConfigError, match=r"variable|path of a file") as caught:
        load(tmp_path, table)
    assert "bm90" not in str(caught.value)
