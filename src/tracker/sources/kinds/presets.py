"""What well-known APIs send, as data: where each part of an item stands, and how they are asked.

A preset only fills in what the file of a source leaves open.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where the parts of an item stand, as JMESPath expressions; "" = nowhere."""

    items: str = ""
    """The list of them, in the document; "" = the document is the list."""
    id: str = ""
    title: str = ""
    text: str = ""
    link: str = ""
    published: str = ""
    modified: str = ""
    issuer: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What is known of one API."""

    paths: Paths = Paths()
    ids: str = ""
    """All ids of an item in one text, parted by commas: the least of them is the report's."""
    teaser: str = ""
    """What is read where there is no text; it is never the whole of it."""
    day: str = ""
    """The day that a document itself bears, where `published` is when it was posted."""
    timezone: str = ""
    """Where its dates are that name no zone; "" = where those of the source are."""
    path: str = ""
    """What is put behind the address of a site."""
    parameters: tuple[tuple[str, str], ...] = ()
    search: str = ""
    """The parameter for the words of `query`; "" = it cannot be searched."""
    searching: tuple[tuple[str, str], ...] = ()
    """Further parameters where there are such words."""
    needs: frozenset[str] = frozenset()
    """The keys that it does not answer without."""
    is_api: bool = False
    leads: bool = False
    """It tells where reports are, and is none itself: its items are links to pages."""
    tolls: bool = True
    """False where whatever number stands in its words is never one of people."""


NO_PRESET: Final = Preset()

PRESETS: Final[dict[str, Preset]] = {
    # https://apidoc.reliefweb.int/ — a relay: who says a thing is told in each paragraph, so no
    # issuer is taken from `source`. `date.original` is the document's own day, always at
    # midnight; `date.created` is when it was posted, which may be days later.
    "reliefweb": Preset(
        paths=Paths(
            items="data",
            id="id",
            title="fields.title",
            text='fields."body-html" || fields.body',
            link="fields.url_alias || fields.url",
            published="fields.date.created",
            modified="fields.date.changed",
            language="fields.language[0].code",
        ),
        day="fields.date.original",
        parameters=(
            ("fields[include][]", "title"),
            ("fields[include][]", "body-html"),
            ("fields[include][]", "date"),
            ("fields[include][]", "url"),
            ("fields[include][]", "url_alias"),
            ("fields[include][]", "language.code"),
            ("sort[]", "date.created:desc"),
            ("limit", "50"),
        ),
        search="query[value]",
        searching=(("query[operator]", "AND"),),
        needs=frozenset({"appname"}),
        is_api=True,
    ),
    # https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/ — where it finds nothing it sends
    # an empty object, and what is wrong with a query it says in plain words.
    "gdelt": Preset(
        paths=Paths(items="articles || `[]`", title="title", link="url", published="seendate"),
        parameters=(
            ("mode", "artlist"),
            ("format", "json"),
            ("sort", "datedesc"),
            ("maxrecords", "75"),
        ),
        search="query",
        needs=frozenset({"query"}),
        is_api=True,
        leads=True,
    ),
    # https://developer.wordpress.org/rest-api/reference/posts/ — newest change first.
    "wordpress": Preset(
        paths=Paths(
            id="id",
            title="title.rendered",
            text="content.rendered",
            link="link",
            published="date_gmt",
            modified="modified_gmt",
        ),
        teaser="excerpt.rendered",
        timezone="UTC",
        path="/wp-json/wp/v2/posts",
        parameters=(
            ("per_page", "50"),
            ("orderby", "modified"),
            ("_fields", "id,date_gmt,modified_gmt,title,content,excerpt,link"),
        ),
        search="search",
    ),
    # https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php — `alert` is what a model
    # expects, `felt` who filled in a form. A summary is a list of features, a detail is one.
    "usgs": Preset(
        paths=Paths(
            items="features || [@]",
            id="id",
            title="properties.title",
            text="properties.place",
            link="properties.url",
            published="properties.time",
            modified="properties.updated",
        ),
        ids="properties.ids",
        is_api=True,
        tolls=False,
    ),
}
