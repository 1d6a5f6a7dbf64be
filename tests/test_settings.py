"""`tracker.toml`: what is read, and the one line that each mistake becomes."""

from datetime import timedelta
from pathlib import Path

import pytest

from tracker.alerts.endpoint import Endpoint
from tracker.errors import ConfigError
from tracker.model import Measure
from tracker.settings import Polling, Settings, load_settings

HOOK = '[[webhook]]\nurl = "https://desk.example/in"\nsecret_env = "DESK_SECRET"\n'


def load(folder: Path, text: str) -> Settings:
    (folder / "tracker.toml").write_text(text)
    return load_settings(folder / "tracker.toml")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "tracker.toml") == Settings(
        contact=None, fresh=timedelta(hours=24), allow_hosts=(), webhooks=()
    )


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        'contact = "desk@news.example"\nfresh = "6h"\nallow_hosts = ["127.0.0.1", "Desk.local"]\n'
        + HOOK
        + 'name = "desk"\nincidents = ["ferry"]\nmeasures = ["killed", "missing"]\n'
        + 'policy = "latest"\nsources = false\n'
        + '[polling]\ngap = "0s"\nallow_hosts = ["10.0.0.7"]\nproxy = "http://proxy.lan:3128"\n',
    )
    assert settings == Settings(
        contact="desk@news.example",
        fresh=timedelta(hours=6),
        allow_hosts=("127.0.0.1", "desk.local"),
        webhooks=(
            Endpoint(
                name="desk",
                url="https://desk.example/in",
                secret_env="DESK_SECRET",
                incidents=frozenset({"ferry"}),
                measures=frozenset({Measure.KILLED, Measure.MISSING}),
                policy="latest",
                sources=False,
            ),
        ),
        polling=Polling(gap=timedelta(0), allow_hosts=("10.0.0.7",), proxy="http://proxy.lan:3128"),
    )


def test_a_webhook_is_named_after_its_host_and_wants_everything(tmp_path: Path) -> None:
    assert load(tmp_path, HOOK).webhooks == (
        Endpoint(
            name="desk.example",
            url="https://desk.example/in",
            secret_env="DESK_SECRET",
            incidents=frozenset(),
            measures=frozenset(),
            policy="standard",
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
        ('[[webhook]]\nurl = "https://x.example"', "key 'webhook.1.secret_env': missing: add it"),
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
                "key 'webhook.2.name': a second webhook named 'desk.example': give each a name of "
                "its own"
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


def test_a_secret_in_the_file_is_refused_without_being_printed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, HOOK.replace("DESK_SECRET", "whsec_bm90IGEgc2VjcmV0"))
    assert "bm90" not in str(caught.value)
