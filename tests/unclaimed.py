"""A folder whose sources tell of things that no incident claims; polled in May 2024."""

from datetime import UTC, date, datetime
from pathlib import Path

from folder import write_incident, write_source
from outlet import Item, feed


def may(day: int, hour: int) -> datetime:
    return datetime(2024, 5, day, hour, tzinfo=UTC)


FERRY = Item(
    "w1",
    "At least 12 people were killed when a ferry sank off Cape Lorn, the coast guard said.\n\n"
    "It was calm.\n\nAnother 30 were injured. In 1978, 40 people died on the same route.",
    may(4, 18),
    "Ferry sinks off Cape Lorn",
)
RISEN = Item(
    "w2",
    "The death toll of the ferry accident off Cape Lorn has risen to 14, up from 12, the coast"
    " guard said.",
    may(5, 9),
    "Toll rises after Cape Lorn accident",
)
ARNLAND = Item("w3", "Floods in Arnland killed at least 20 people, officials said.", may(4, 20))
BOTH = Item(
    "w4",
    "At least 7 people were killed in an accident at the mine.\n\n"
    "Two people died when a barge hit the mine.",
    may(5, 7),
    "Accident",
)
LADY = Item(
    "c1",
    "Twelve people died when the ferry Lady Anne went down near Cape Lorn on Saturday.",
    may(4, 19),
    "12 dead as ferry sinks off Cape Lorn",
)
BESK = Item("c2", "Flooding in Besk has left 33 people dead.", may(6, 7), "33 die in Besk floods")
FIRE = Item("c3", "Two people were killed in a fire in a warehouse.", may(4, 21), "Warehouse fire")

WIRE = (FERRY, RISEN, ARNLAND, BOTH)
CAPE = (LADY, BESK, FIRE)


def unclaimed_folder(folder: Path) -> Path:
    """The folder, not polled yet: two incidents, of which one report tells both."""
    write_incident(folder, "besk-mine", began=date(2024, 5, 1), any_of=["mine"])
    write_incident(folder, "arn-barge", began=date(2024, 5, 1), any_of=["barge"])
    write_source(folder, "wire", "wire.json", more='language = "en"\n')
    write_source(folder, "cape-news", "cape.json", rank="outlet", more='language = "en"\n')
    publish(folder, "wire", *WIRE)
    publish(folder, "cape", *CAPE)
    return folder


def publish(folder: Path, file: str, *items: Item) -> None:
    """What a source shows from now on."""
    (folder / "sources" / f"{file}.json").write_text(feed(*items))


def configure(folder: Path, table: str) -> None:
    """Add to the end of incidents.toml, as a person would."""
    path = folder / "sources" / "incidents.toml"
    path.write_text(path.read_text("utf-8") + table, "utf-8")
