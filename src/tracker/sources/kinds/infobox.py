"""Wikitext to the lines of its infobox that tell a toll, as a reader of the page sees them.

References, notes, comments and arrows are left out. What the numbers mean is read like any text.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from tracker.sources.text import one_line

if TYPE_CHECKING:
    from mwparserfromhell.nodes import Node, Template
    from mwparserfromhell.wikicode import Wikicode

FIELDS: Final = (
    "casualties", "fatalities", "deaths", "dead", "killed", "injuries", "injured", "missing",
)  # fmt: skip
LONGEST: Final = 8_000
"""Characters of all these fields of a page together, without its notes."""
LONGEST_NAME: Final = 80
DIGITS: Final = "0123456789"
SIGN: Final = re.compile(r"\{\{|\}\}|\[\[|\]\]|\|")
NOTES: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<ref\b[^<>]*/>|<ref\b[^<>]*>.*?(?:</ref\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
"""Comments and references. One that is not closed takes the rest with it, so that of a page that
was broken for a minute nothing is read."""
PREFIXES: Final = ("total ", "reported ")
TOTAL: Final = "Total "
"""Of a box that has "total fatalities", "fatalities" are a part: those on board of one aircraft."""
SIDES: Final = frozenset({"combatant1", "side1", "belligerent1"})
"""Where a template has one of these, its numbered fields are the losses of one side each."""

SILENT_TAGS: Final = frozenset(
    {"ref", "references", "gallery", "style", "script", "templatestyles", "math", "timeline"}
)
LINE_TAGS: Final = frozenset({"br", "li", "dd", "dt", "hr", "p", "div", "tr", "ul", "ol", "table"})
LISTS: Final = frozenset(
    {
        "plainlist", "plain list", "ubl", "ublist", "unbulleted list", "unbulletedlist",
        "flatlist", "hlist", "bulleted list", "blist", "vunblist", "collapsible list",
        "br separated entries", "tree list", "ordered list",
    }
)  # fmt: skip
FIRST: Final = frozenset(
    {
        "nowrap", "nobr", "nobreak", "small", "smaller", "big", "larger", "large", "nobold",
        "normal", "strong", "em", "bold", "center", "longitem", "allow wrap", "wrap", "abbr",
        "abbrv", "tooltip", "number", "val", "flag", "flagcountry", "hidden text",
    }
)  # fmt: skip
"""Templates that show their first parameter."""
COUNTS: Final = frozenset(
    {
        "nts", "number table sorting", "nombre", "nb", "unité", "unite", "unidad", "fmtn",
        "formatnum", "formatarnum", "zahl",
    }
)  # fmt: skip
"""Templates that show a number, and in their further parameters what is counted."""
LAST: Final = frozenset({"lang", "color", "colour", "font color", "fontcolor", "resize", "font"})
SIGNS: Final = {
    "nbsp": " ", "space": " ", "spaces": " ", "thin space": " ", "thinsp": " ", "-": " ",
    "snd": " – ", "spnd": " – ", "spaced ndash": " – ", "ndash": "–", "en dash": "–",
    "mdash": "—", "br": "\n", "break": "\n", "crlf": "\n", "!": "|", "=": "=", "+": "+",
}  # fmt: skip
CIRCA: Final = frozenset({"circa", "c.", "ca.", "approx"})

ABOUT: Final = re.compile(r"(?:[~≈]|\b(?:ca?|approx)\.)\s*(?=\d)", re.IGNORECASE)
AT_LEAST: Final = re.compile(r"(?:≥|>=)\s*(?=\d)")
OVER: Final = re.compile(r">\s*(?=\d)")
HEDGES: Final = {
    "de": ("etwa", "mindestens", "über"),
    "en": ("about", "at least", "over"),
    "es": ("unos", "al menos", "más de"),
    "fr": ("environ", "au moins", "plus de"),
    "it": ("circa", "almeno", "oltre"),
    "pt": ("cerca de", "pelo menos", "mais de"),
}
"""What the signs before a number are in words, since only words are read."""
STYLE: Final = re.compile(r"'{2,}")
STRAY_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
PUNCTUATION: Final = " \t:;,•·*"


def toll_lines(wikitext: str, names: Iterable[str], language: str) -> tuple[str, ...]:
    """The fields of a page's infobox that have one of these names: "Deaths: 94 (one child)".

    The first infobox in which any of them is filled in, else the first template; () where there
    is none. Case, "_", a number at the end and "total" or "reported" before a name do not matter;
    beside a total, its part is not read. The lines of one field are parted by "; ".
    """
    wanted = {_plain_name(name) for name in names}
    text = NOTES.sub("", wikitext)
    found = [(each, filled) for each in _templates(text) if (filled := _filled(each, wanted))]
    first = min(found, key=lambda pair: (not pair[0].is_infobox, pair[0].start), default=None)
    if first is None or sum(map(len, first[1].values())) > LONGEST:
        return ()
    lines = ((label, _value(value, language)) for label, value in first[1].items())
    return tuple(f"{label.rstrip(DIGITS)}: {value}" for label, value in lines if value)


@dataclass(frozen=True, slots=True)
class _Template:
    """A template in a text, by where its name, its parameters and it itself end."""

    text: str
    start: int
    ends: list[int]

    @property
    def is_infobox(self) -> bool:
        name = self.text[self.start : self.ends[0]][:80].replace("_", " ")
        return one_line(name).lower().startswith("infobox")


def _templates(text: str) -> Iterator[_Template]:
    """The templates that are closed, at any depth.

    The library would find them as well, but takes time by the square of what is left open: half a
    minute for a page of fifty kilobytes that somebody filled with "{{".
    """
    opened: list[tuple[str, int, list[int]]] = []
    for sign in SIGN.finditer(text):
        match sign[0]:
            case "{{" | "[[":
                opened.append((sign[0], sign.end(), []))
            case "|" if opened:
                opened[-1][2].append(sign.start())
            case "]]" if opened and opened[-1][0] == "[[":
                opened.pop()
            case "}}":
                while opened and opened[-1][0] != "{{":
                    opened.pop()
                if opened:
                    _, start, bars = opened.pop()
                    yield _Template(text, start, [*bars, sign.start()])
            case _:
                pass


def _filled(template: _Template, wanted: set[str]) -> dict[str, str]:
    """The wanted parameters of a template that are not empty, by label."""
    filled, sides = dict[str, str](), False
    for begin, end in pairwise(template.ends):
        name, found, _ = template.text[begin + 1 : min(end, begin + LONGEST_NAME)].partition("=")
        value = template.text[begin + len(name) + 2 : end]
        if not found or not value.strip():
            continue
        sides |= name.strip().lower() in SIDES
        label = _plain_name(name)
        bare = label
        for prefix in PREFIXES:
            bare = bare.removeprefix(prefix)
        if bare in wanted or label in wanted:
            number = name.strip()[-1:] if name.strip()[-1:] in DIGITS else ""
            filled[f"{label[:1].upper()}{label[1:]}{number}"] = value
    whole = {
        key.removeprefix(TOTAL).rstrip(DIGITS).lower()
        for key, value in filled.items()
        if key.startswith(TOTAL) and not set(DIGITS).isdisjoint(value)
    }
    return {
        key: value
        for key, value in filled.items()
        if not (sides and key[-1] in DIGITS) and key.rstrip(DIGITS).lower() not in whole
    }


def _plain_name(name: str) -> str:
    """A parameter's name as people would write it: "reported_deaths2" is "reported deaths"."""
    words = one_line(name.replace("_", " ")).lower().replace("(s)", "s")
    return words.rstrip(f"{DIGITS} ") or words


def _name(template: "Template") -> str:
    return one_line(str(template.name).replace("_", " ")).lower().removeprefix("template:")


@lru_cache(maxsize=1024)
def _value(wikitext: str, language: str) -> str:
    import mwparserfromhell  # noqa: PLC0415 — only when an answer is read

    shown = _shown(mwparserfromhell.parse(wikitext, skip_style_tags=True))
    shown = STYLE.sub("", STRAY_TAG.sub("", shown))
    text = ""
    for line in filter(None, (one_line(each).strip(PUNCTUATION) for each in shown.split("\n"))):
        joint = "" if not text else " " if line.startswith("(") else "; "
        text += joint + line
    words = HEDGES.get(language.lower().split("-")[0])
    if words is None:
        return text
    for sign, word in zip((ABOUT, AT_LEAST, OVER), words, strict=True):
        text = sign.sub(f"{word} ", text)
    return text


def _shown(code: "Wikicode | None") -> str:
    """The text that a page shows of a piece of wikitext, with its line ends."""
    return "" if code is None else "".join(map(_node, code.nodes))


def _node(node: "Node") -> str:
    from mwparserfromhell import nodes  # noqa: PLC0415 — as above

    match node:
        case nodes.Text():
            parts = re.split(r"\n[ \t]*\n", str(node.value))
            return "\n".join(part.replace("\n", " ") for part in parts)
        case nodes.Template():
            return _template(node)
        case nodes.Tag():
            name = str(node.tag).strip().lower()
            if name in SILENT_TAGS:
                return ""
            around = "\n" if name in LINE_TAGS else ""
            return f"{around}{_shown(node.contents)}" + ("" if name in {"br", "li"} else around)
        case nodes.Wikilink():
            if re.match(r"\s*(?:file|image|category)\s*:", str(node.title), re.IGNORECASE):
                return ""
            return _shown(node.title if node.text is None else node.text)
        case nodes.ExternalLink():
            return _shown(node.title)
        case nodes.HTMLEntity():
            return html.unescape(str(node))
        case nodes.Heading():
            return f"\n{_shown(node.title)}\n"
        case _:  # comments, and arguments of templates
            return ""


def _template(template: "Template") -> str:
    """What a template shows, as far as it is known to show anything but a note or an arrow."""
    name = _name(template)
    given: list[Any] = [each.value for each in template.params if not each.showkey]
    if name in SIGNS:
        return SIGNS[name]
    if name.startswith("formatnum:"):
        return _shown(template.name).strip().partition(":")[2]
    if name in LISTS:
        title = [template.get("title").value] if template.has("title") else []
        return "".join(f"\n{_shown(each)}" for each in [*title, *given]) + "\n"
    if name in CIRCA and given:
        return f"c. {_shown(given[0])}"
    if name in COUNTS:
        return " ".join(map(_shown, given))
    if name in FIRST and given:
        return _shown(given[0])
    if name in LAST and given:
        return _shown(given[-1])
    return ""
