"""JSON in: what cannot be read is refused with a sentence."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer


class JSONParser(BaseParser):
    """Read strict UTF-8 JSON: no NaN, no key given twice, no bottomless nesting."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value, or refuse with what is wrong and where."""
        try:
            return json.loads(
                _read(stream).decode(), parse_constant=_no_constant, object_pairs_hook=_no_repeated_key
            )
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8 text.", code="malformed") from error
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.", code="malformed") from error
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}.", code="malformed") from error


def _read(stream: IO[bytes]) -> bytes:
    """Read no more than is allowed: Django limits only what it reads itself."""
    most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = stream.read(most + 1)
    if len(body) > most:
        raise RequestDataTooBig
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _no_repeated_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice in one object")
    return found
