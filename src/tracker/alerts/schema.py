"""The types of alerts, and the JSON Schema of the body of each, for programs that read them."""

from typing import Any, Final, get_args

from pydantic import BaseModel

from tracker.alerts.bodies import Body

TYPES: Final = {
    "estimate.revised": "A figure that was published just now moved an estimate.",
    "estimate.contested": "Two figures stand against each other from now on.",
    "estimate.settled": "Two figures stand against each other no longer.",
    "estimate.backfilled": "Older reports were read: this is how an incident stands.",
    "estimate.reinterpreted": "The rules are others than before: this is how an incident stands.",
    "estimate.digest": "All that has moved since the last digest.",
    "incident.opened": "An incident is followed from now on.",
    "incident.suggested": "Reports that no incident claimed look like one.",
    "source.failing": "A source does not answer.",
    "source.silent": "A source answers, and has had nothing new for far longer than before.",
    "source.blind": "A source has reports, and no figure is read in them any more.",
    "source.degraded": "Some of a source could not be read, several times in a row.",
    "source.gone": "A source says that it is gone for good.",
    "source.recovered": "A source is well again.",
    "endpoint.disabled": "Another endpoint is not sent anything any more.",
    "endpoint.test": "Sent by hand, to see whether an endpoint can be reached.",
}
"""Every type that is sent, and what it tells."""

MODELS: Final[dict[str, type[BaseModel]]] = {
    named: model
    for model in get_args(Body)
    for named in get_args(model.model_fields["type"].annotation)
}

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema(type_: str) -> dict[str, Any]:
    """What a body of this type holds, as it is sent. Later versions may add fields to it.

    Raises `KeyError` for a type that is never sent.
    """
    document = MODELS[type_].model_json_schema(mode="serialization")
    document["properties"]["type"] = {"const": type_, "type": "string"}
    return {"$schema": DIALECT, **document, "title": type_, "description": TYPES[type_]}
