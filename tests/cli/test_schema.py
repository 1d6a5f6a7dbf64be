"""`tracker schema`: what a program can rely on in the bodies of webhooks."""

import json
from pathlib import Path

from command import done, run
from tracker.alerts.schema import MODELS, TYPES, schema


def test_the_types_are_listed_with_what_they_tell(tmp_path: Path) -> None:
    """One line for each, in any folder: neither a log nor a configuration is needed."""
    lines = done("schema", cwd=tmp_path).splitlines()
    assert [line.split("  ", 1)[0] for line in lines] == [*TYPES]
    assert [line.split("  ", 1)[1].strip() for line in lines] == [*TYPES.values()]


def test_a_type_has_a_schema(tmp_path: Path) -> None:
    """It is generated from what is sent, and names the type that it is of."""
    printed = json.loads(done("schema", "estimate.contested", cwd=tmp_path))
    assert printed == schema("estimate.contested")
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert printed["properties"]["type"] == {"const": "estimate.contested", "type": "string"}
    assert printed["properties"]["timestamp"]["format"] == "date-time"
    assert set(printed["required"]) == {"type", "timestamp", "data"}


def test_all_schemas_are_one_document(tmp_path: Path) -> None:
    assert json.loads(done("schema", "--json", cwd=tmp_path)) == {
        each: schema(each) for each in TYPES
    }


def test_one_schema_is_json_either_way(tmp_path: Path) -> None:
    asked = done("schema", "endpoint.test", "--json", cwd=tmp_path)
    assert asked == done("schema", "endpoint.test", cwd=tmp_path)


def test_an_unknown_type_is_named_with_the_nearest(tmp_path: Path) -> None:
    asked = run("schema", "estimate.revise", cwd=tmp_path)
    assert asked.returncode == 2
    assert asked.stderr == (
        "tracker: no type of alert 'estimate.revise' (did you mean 'estimate.revised'?)\n"
    )


def test_every_field_that_is_sent_is_required() -> None:
    """A reader may rely on each; what is not known is null, and later fields are allowed."""
    for name in TYPES:
        document = schema(name)
        for part in (document, *document["$defs"].values()):
            assert set(part.get("required", ())) == set(part.get("properties", ()))
            assert part.get("additionalProperties", True)


def test_the_types_are_those_that_are_sent() -> None:
    """The closed union of bodies, each type with a line of its own."""
    assert [*TYPES] == [*MODELS]
    assert len(set(TYPES.values())) == len(TYPES)
