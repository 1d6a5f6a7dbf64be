"""The folder of sources: what is read, and the one line that each mistake becomes."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tracker.errors import ConfigError
from tracker.intake import Incident, Issuer, Source
from tracker.model import Rank
from tracker.sources.config import (
    configuration_digest,
    load_incidents,
    load_sources,
)
from tracker.sources.kinds.page import PageOptions

SOURCE = {"kind": '"feed"', "url": '"https://a.example/rss"', "name": '"A"', "rank": '"outlet"'}
INCIDENT = {"title": '"Ferry accident"', "date": "2031-05-01"}


def toml(**keys: str) -> str:
    return "".join(f"{key} = {value}\n" for key, value in keys.items() if value)


def the_error(folder: Path, text: str | bytes, name: str = "a.toml") -> str:
    """The only error that this file gives, with the folder left out."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    sources, errors = load_sources(folder)
    assert sources == []
    assert len(errors) == 1
    return str(errors[0]).replace(f"{folder}/", "")


def incidents_error(folder: Path, text: str) -> str:
    (folder / "incidents.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_incidents(folder)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_source_needs_four_keys_and_has_defaults_for_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(toml(**SOURCE))
    loaded, errors = load_sources(tmp_path)
    assert ([replace(each, options=None) for each in loaded], errors) == (
        [
            Source(
                id="a",
                kind="feed",
                url="https://a.example/rss",
                name="A",
                rank=Rank.OUTLET,
                language="",
                timezone="UTC",
                every=timedelta(minutes=5),
                incident=None,
                enabled=True,
            )
        ],
        [],
    )


def test_every_key_of_a_source_is_read(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(
        'kind = "page"\nurl = "pages/b.html"\nname = "B"\nrank = "official"\nlanguage = "pt-BR"\n'
        'timezone = "Asia/Tehran"\nevery = "2h"\nincident = "ferry"\nenabled = false\n'
        'robots = false\nselect = "article"\nheaders.Authorization = "CAPE_TOKEN"\n'
        'parameters.api_key = "CAPE_KEY"\n'
    )
    assert load_sources(tmp_path)[0] == [
        Source(
            id="b",
            kind="page",
            url=str(tmp_path / "pages" / "b.html"),
            name="B",
            rank=Rank.OFFICIAL,
            language="pt-BR",
            timezone="Asia/Tehran",
            every=timedelta(hours=2),
            incident="ferry",
            enabled=False,
            robots=False,
            header_variables=(("Authorization", "CAPE_TOKEN"),),
            query_variables=(("api_key", "CAPE_KEY"),),
            options=PageOptions(select="article"),
        )
    ]


def test_a_local_path_is_relative_to_its_file_wherever_the_program_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.toml").write_text(toml(**SOURCE | {"url": '"news/a.rss"'}))
    monkeypatch.chdir(tmp_path)
    [source], _ = load_sources(Path("sources"))
    assert source.url == str(tmp_path / "sources" / "news" / "a.rss")


def test_a_broken_file_is_named_while_the_others_load(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(toml(**SOURCE, ranke='"outlet"'))
    (tmp_path / "good.toml").write_text(toml(**SOURCE))
    sources, errors = load_sources(tmp_path)
    assert [source.id for source in sources] == ["good"]
    assert [str(error) for error in errors] == [
        f"{tmp_path}/bad.toml, key 'ranke': unknown key (did you mean 'rank'?)"
    ]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"ranke": '"outlet"', "rank": ""}, "'ranke': unknown key (did you mean 'rank'?)"),
        ({"rank": ""}, "'rank': missing: add it"),
        ({"kind": '"feeed"'}, "'kind': unknown value 'feeed' (did you mean 'feed'?)"),
        (
            {"kind": '"xyz"'},
            (
                "'kind': unknown value 'xyz' "
                "(known: cap, feed, folder, json, mediawiki, page, sitemap)"
            ),
        ),
        ({"rank": '"oficial"'}, "'rank': unknown value 'oficial' (did you mean 'official'?)"),
        (
            {"rank": "3"},
            "'rank': unknown value '3' (known: agency, official, outlet, unverified)",
        ),
        (
            {"timezone": '"Europe/Pariss"'},
            "'timezone': unknown value 'Europe/Pariss' (did you mean 'Europe/Paris'?)",
        ),
        (
            {"language": '"english please"'},
            """'language': 'english please' is no language code: write "en", "fa", "pt-BR\"""",
        ),
        (
            {"every": '"often"'},
            """'every': 'often' is no span of time: write "30s", "5m", "2h" or "1d\"""",
        ),
        ({"every": "5"}, """'every': 5 is no span of time: write "30s", "5m", "2h" or "1d\""""),
        ({"every": '"5s"'}, "'every': too often: at least 10s"),
        (
            {"headers.Authorization": '"Bearer sesame"'},
            (
                "'headers.Authorization': must be the name of an environment variable that holds "
                "it, not the value"
            ),
        ),
        (
            {"select": '"article"', "kind": '"json"'},
            "'select': unknown key (did you mean 'preset'?)",
        ),
        ({"enabled": '"yes"'}, "'enabled': must be true or false, not 'yes'"),
        ({"name": "7"}, "'name': must be a text in quotes, not 7"),
        ({"name": '" "'}, "'name': empty: write a word or a phrase"),
        ({"url": '""'}, "'url': empty: write http://…, https://…, or a path"),
        (
            {"url": '"ftp://a.example/rss"'},
            "'url': 'ftp://a.example/rss' is neither http(s) nor a path relative to this file",
        ),
        (
            {"url": '"file:///etc/passwd"'},
            "'url': 'file:///etc/passwd' is neither http(s) nor a path relative to this file",
        ),
    ],
)
def test_a_mistake_is_one_line_with_file_key_reason_and_the_nearest(
    tmp_path: Path, keys: dict[str, str], message: str
) -> None:
    assert the_error(tmp_path, toml(**SOURCE | keys)) == f"a.toml, key {message}"


def test_broken_toml_is_one_line_with_the_number_of_the_line(tmp_path: Path) -> None:
    assert the_error(tmp_path, 'kind = "feed"\nname = A\n') == (
        "a.toml, line 2: not valid TOML: Invalid value"
    )
    assert the_error(tmp_path, 'kind = """feed') == "a.toml: not valid TOML: Unterminated string"


def test_bytes_that_are_no_text_are_one_line(tmp_path: Path) -> None:
    assert (
        the_error(tmp_path, b'name = "\xff"') == "a.toml: is not UTF-8 (byte 8): save it as UTF-8"
    )


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf" + toml(**SOURCE).encode())
    assert [source.id for source in load_sources(tmp_path)[0]] == ["a"]


def test_a_file_name_that_cannot_be_an_id_is_refused(tmp_path: Path) -> None:
    assert the_error(tmp_path, toml(**SOURCE), "state tv.toml") == (
        "state tv.toml: a source's file name may hold letters, digits, '-', '_', '.'"
    )


def test_a_folder_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_sources(tmp_path / "sorces")
    assert str(caught.value) == (
        f"{tmp_path}/sorces: there is no such folder of sources: name it with --sources DIR"
    )


def test_examples_and_incidents_are_no_sources(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "a.toml").write_text(toml(**SOURCE))
    (tmp_path / "incidents.toml").write_text("[ferry]\n" + toml(**INCIDENT))
    assert load_sources(tmp_path) == ([], [])


def test_every_key_of_an_incident_is_read(tmp_path: Path) -> None:
    (tmp_path / "incidents.toml").write_text(
        """
        [ferry]
        title = "Ferry accident"
        date = 2031-05-01
        place = "Port Ansel"
        match.any = ["ferry", "Port Ansel"]
        match.all = ["cape"]
        match.none = ["film"]
        match.until = 2031-06-01
        ongoing = true
        ids = { glide = "AC-2031-000001-XYZ" }
        [ferry.issuers]
        "coast guard" = { issuer = "coast-guard", rank = "official" }

        [quake]
        title = "Quake"
        date = "2031-07-01"
        """
    )
    assert load_incidents(tmp_path) == (
        Incident(
            id="ferry",
            title="Ferry accident",
            began=date(2031, 5, 1),
            place="Port Ansel",
            any_of=("ferry", "Port Ansel"),
            all_of=("cape",),
            none_of=("film",),
            until=date(2031, 6, 1),
            ongoing=True,
            ids=(("glide", "AC-2031-000001-XYZ"),),
            issuers=(("coast guard", Issuer("coast-guard", Rank.OFFICIAL)),),
        ),
        Incident(id="quake", title="Quake", began=date(2031, 7, 1)),
    )


def test_no_file_of_incidents_is_no_incident(tmp_path: Path) -> None:
    assert load_incidents(tmp_path) == ()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"titel": '"x"'}, "ferry.titel': unknown key (did you mean 'title'?)"),
        ({"title": ""}, "ferry.title': missing: add it"),
        ({"date": '"soon"'}, "ferry.date': must be a date: 2024-01-31, not 'soon'"),
        ({"match.anny": '["x"]'}, "ferry.match.anny': unknown key (did you mean 'any'?)"),
        ({"match.any": '"x"'}, """ferry.match.any': must be a list in brackets: ["…"], not 'x'"""),
        ({"match.any": '["a", ""]'}, "ferry.match.any.2': empty: write a word or a phrase"),
        (
            {"match.until": "2030-01-01"},
            "ferry': match.until (2030-01-01) is before its date (2031-05-01)",
        ),
        ({"ongoing": "1"}, "ferry.ongoing': must be true or false, not 1"),
        ({"ids": '"x"'}, "ferry.ids': must be a table, not 'x'"),
        ({"issuers.mayor": '"x"'}, "ferry.issuers.mayor': must be a table, not 'x'"),
        (
            {"issuers.mayor": '{ issuer = "town-hall", rank = "offical" }'},
            "ferry.issuers.mayor.rank': unknown value 'offical' (did you mean 'official'?)",
        ),
    ],
)
def test_a_mistake_in_an_incident_is_one_line(
    tmp_path: Path, keys: dict[str, str], message: str
) -> None:
    text = "[ferry]\n" + toml(**INCIDENT | keys)
    assert incidents_error(tmp_path, text) == f"incidents.toml, key '{message}"


def test_an_incident_needs_a_table_and_a_usable_id(tmp_path: Path) -> None:
    assert incidents_error(tmp_path, "ferry = 1\n") == (
        "incidents.toml, key 'ferry': must be a table, not 1"
    )
    assert incidents_error(tmp_path, '["my ferry"]\n' + toml(**INCIDENT)) == (
        "incidents.toml, key 'my ferry': an incident's id may hold letters, digits, '-', '_', '.'"
    )


def test_the_digest_changes_with_the_incidents_and_only_then(tmp_path: Path) -> None:
    none_yet = configuration_digest(tmp_path)
    (tmp_path / "incidents.toml").write_text("[ferry]\n" + toml(**INCIDENT))
    before = configuration_digest(tmp_path)
    assert before != none_yet
    (tmp_path / "a.toml").write_text(toml(**SOURCE))
    assert configuration_digest(tmp_path) == before


def test_the_bundled_folder_and_its_examples_hold_no_mistake() -> None:
    folder = Path(__file__).parents[2] / "sources"
    sources, errors = load_sources(folder)
    assert errors == []
    assert all(Path(source.url).is_file() for source in sources)
    assert load_incidents(folder)
    examples, errors = load_sources(folder / "examples")
    assert errors == []
    assert all(source.url.startswith("https://") for source in examples)
