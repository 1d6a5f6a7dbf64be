"""Bodies: small enough whatever the words, harmless, and read again as they were written."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from full import (
    NASTY,
    NOW,
    NUMBER,
    backfilled_data,
    digests,
    every_body,
    revised_data,
    value,
)
from tracker.alerts.bodies import (
    CONTROLS,
    LARGEST,
    MOST_STANDING,
    Revised,
    Trial,
    TrialData,
    Value,
    change_of,
)


@given(NASTY, NUMBER)
def test_no_body_is_too_large(words: str, number: int) -> None:
    """Whatever the words from outside are, and however much of everything there is."""
    parts = [backfilled_data(words, number)] * 3
    for body in (*every_body(words, number), *digests(parts)):
        assert len(body.model_dump_json().encode()) < LARGEST


@given(NASTY, NUMBER)
def test_bodies_are_harmless_json(words: str, number: int) -> None:
    """No control character is in them, not even escaped, and reading them gives them again."""
    for body in every_body(words, number):
        written = body.model_dump_json()
        assert not CONTROLS.search(json.dumps(json.loads(written), ensure_ascii=False))
        assert type(body).model_validate_json(written) == body


@given(st.lists(st.integers(1, MOST_STANDING), max_size=40), st.sampled_from(["a", '"' * 500]))
def test_a_digest_loses_nothing(counts: list[int], words: str) -> None:
    """Whatever its parts are, all are in its bodies, in order, and in few: two never fit in one."""
    parts = [backfilled_data(words, place, count) for place, count in enumerate(counts)]
    bodies = digests(parts)
    assert [part for body in bodies for part in body.data.incidents] == parts
    sizes = [len(body.model_dump_json().encode()) for body in bodies]
    assert all(size < LARGEST for size in sizes)
    assert all(one + other > LARGEST - 1_500 for one, other in pairwise(sizes))


def test_words_that_were_redacted_are_read_as_gone() -> None:
    """The store puts null in their place, which any reader must take."""
    body = Revised(timestamp=NOW, data=revised_data("words", 3)).model_dump()
    body["data"] |= {"title": None, "quote": None, "issuer": None}
    again = Revised.model_validate(body).data
    assert (again.title, again.quote, again.issuer) == (None, None, None)


def test_a_later_version_may_add_fields() -> None:
    """What is not known is passed over."""
    body = Trial(timestamp=NOW, data=TrialData(endpoint="desk", words="Hello")).model_dump()
    assert Trial.model_validate({**body, "colour": "red"}).data.words == "Hello"


def test_a_change_needs_two_numbers() -> None:
    """Absent is never zero: where nothing stood or stands, there is no change."""
    stands, nothing = (
        value("84", 84),
        Value(phrase=None, best=None, low=None, high=None, status=None),
    )
    assert change_of(value("103", 103), stands) == -19
    assert change_of(stands, stands) == 0
    assert change_of(None, stands) is None
    assert change_of(nothing, stands) is None
    assert change_of(stands, nothing) is None
