"""Accept, keep and hand out attached files. What is kept is told by content, never run and never inline."""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse

from core.errors import Invalid, NotFound
from core.models import Attachment


class WrongFile(Invalid):
    """The file is of no accepted type, too large, empty or cut off."""

    code = "wrong_file"


@dataclass(frozen=True)
class _Kind:
    """A media type: how its content begins, and whether it is whole."""

    media_type: str
    extension: str
    begins: bytes
    is_whole: Callable[[bytes], bool]


_KINDS = (
    _Kind("application/pdf", ".pdf", b"%PDF-", lambda content: b"%%EOF" in content[-1024:]),
    _Kind("image/png", ".png", b"\x89PNG\r\n\x1a\n", lambda content: b"IEND" in content[-16:]),
    _Kind("image/jpeg", ".jpg", b"\xff\xd8\xff", lambda content: b"\xff\xd9" in content[-64:]),
)
ACCEPTED = "application/pdf,image/png,image/jpeg"


def keep_upload(upload: "UploadedFile[Any]", *, field: str = "document") -> Attachment:
    """Check an uploaded file and keep it; a step. Refuses a wrong type, size, or a file that is cut off."""
    limit: int = settings.ATTACHMENT_LIMIT
    content = upload.read(limit + 1)
    return keep_content(content, name=upload.name or "", field=field)


def keep_content(content: bytes, *, name: str, field: str = "document") -> Attachment:
    """Keep the content of a file under its hash and note it; a step.

    A file that is there already is not written again. Nothing but PDF, PNG and JPEG is accepted.
    """
    kind = _kind_of(content, field)
    digest = hashlib.sha256(content).hexdigest()
    _write(digest, content)
    attachment = Attachment(
        name=_plain_name(name, kind.extension),
        media_type=kind.media_type,
        size=len(content),
        sha256=digest,
    )
    attachment.save(force_insert=True)
    return attachment


def as_download(attachment: Attachment) -> FileResponse:
    """Answer with the file to be saved; the browser neither shows nor guesses what it is."""
    path = _path_of(attachment.sha256)
    if not path.exists():
        raise NotFound(f"The content of {attachment.name} is not in the folder of files.")
    answer = FileResponse(
        path.open("rb"), as_attachment=True, filename=attachment.name, content_type=attachment.media_type
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _kind_of(content: bytes, field: str) -> _Kind:
    limit: int = settings.ATTACHMENT_LIMIT
    if not content:
        raise WrongFile("The file is empty.", field=field)
    if len(content) > limit:
        raise WrongFile(f"The file is larger than {limit // 2**20} MB.", field=field)
    kind = next((kind for kind in _KINDS if content.startswith(kind.begins)), None)
    if kind is None:
        raise WrongFile("Only PDF, PNG and JPEG files are accepted.", field=field)
    if not kind.is_whole(content):
        raise WrongFile("The file is cut off: upload it again.", field=field)
    return kind


def _plain_name(name: str, extension: str) -> str:
    """Return a name that is no path, holds nothing odd, and ends as the content says."""
    stem = re.sub(r"[^\w .()-]", "_", Path(name.replace("\\", "/")).stem).strip(" .")
    return (stem[:100] or "document") + extension


def _path_of(digest: str) -> Path:
    return Path(settings.FILES_FOLDER) / digest[:2] / digest


def _write(digest: str, content: bytes) -> None:
    path = _path_of(digest)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(unfinished).replace(path)
