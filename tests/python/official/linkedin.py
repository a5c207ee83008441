"""LinkedIn by the Rest.li codec of linkedin-api-client, the one official thing: how keys and parameters are written, not which exist."""

import re

from linkedin_api.clients.restli.utils import decoder, encoder
from linkedin_api.common.errors import InvalidSerializedRestliError

from . import Request

# LinkedIn wants the commas between the names of fields bare; its own encoder writes them as %2C.
BARE_COMMAS = "fields"


def check(request: Request) -> list[str] | None:
    wrong = []
    keys = re.findall(r"/([^/]*%[^/]*)", request["path"])
    wrong += [f"{key} in the path" for key in keys if encoder.encode(decoder.decode(key)) != key]
    pairs = [pair.partition("=")[::2] for pair in request.get("raw_query", "").split("&") if pair]
    wrong += [f"{name}={value}" for name, value in pairs if not is_as_written(name, value)]
    return wrong if keys or pairs else None


def is_as_written(name: str, value: str) -> bool:
    """Whether the encoder writes the value with the same letters; it sorts the keys of objects, which says nothing."""
    if name == BARE_COMMAS:
        return all(encoder.encode(field) == field for field in value.split(","))
    try:
        meaning = decoder.decode(value)
    except (InvalidSerializedRestliError, IndexError):
        return False
    written = encoder.encode(meaning)
    return sorted(written) == sorted(value) and decoder.decode(written) == meaning
