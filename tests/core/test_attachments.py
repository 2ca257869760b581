"""Attached files: told by content, kept under their hash, handed out to be saved only."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from core.attachments import WrongFile, as_download, keep_content, keep_upload
from core.errors import NotFound
from core.models import Attachment

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\nsigned\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0....\xff\xd9"


@pytest.mark.parametrize(
    ("content", "name", "kept_as", "media_type"),
    [
        (PDF, "acceptance.pdf", "acceptance.pdf", "application/pdf"),
        (PNG, "scan.exe", "scan.png", "image/png"),
        (JPEG, "../../etc/passwd", "passwd.jpg", "image/jpeg"),
        (PDF, "a\\b\\<script>.html", "_script_.pdf", "application/pdf"),
        (PDF, "...", "document.pdf", "application/pdf"),
    ],
)
def test_the_content_tells_the_type_and_the_name_is_no_path(
    files: Path, content: bytes, name: str, kept_as: str, media_type: str
) -> None:
    kept = keep_content(content, name=name)
    digest = hashlib.sha256(content).hexdigest()
    assert (kept.name, kept.media_type, kept.size, kept.sha256) == (kept_as, media_type, len(content), digest)
    assert (files / digest[:2] / digest).read_bytes() == content


def test_one_content_is_kept_once(files: Path) -> None:
    for name in ("first.pdf", "second.pdf"):
        keep_content(PDF, name=name)
    assert [path.is_file() for path in files.rglob("*")].count(True) == 1
    assert list(Attachment.objects.values_list("name", flat=True)) == ["first.pdf", "second.pdf"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"MZ\x90\x00", "Only PDF, PNG and JPEG files are accepted."),
        (b"<html><script>alert(1)</script>", "Only PDF, PNG and JPEG files are accepted."),
        (PDF[:12], "The file is cut off: upload it again."),
        (PNG[:12], "The file is cut off: upload it again."),
        (PDF + b"x" * 100, "The file is larger than 0 MB."),
    ],
)
def test_what_is_no_whole_accepted_file_is_refused(
    files: Path, settings: Settings, content: bytes, sentence: str
) -> None:
    settings.ATTACHMENT_LIMIT = 100
    with pytest.raises(WrongFile) as refusal:
        keep_upload(SimpleUploadedFile("file.pdf", content), field="receipt")
    assert (refusal.value.sentence, refusal.value.field) == (sentence, "receipt")
    assert (Attachment.objects.exists(), list(files.iterdir())) == (False, [])


def test_a_download_is_saved_never_shown(files: Path) -> None:
    answer = as_download(keep_content(PDF, name="acceptance.pdf"))
    assert answer.getvalue() == PDF
    answer.close()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acceptance.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_lost_content_is_said_to_be_lost(files: Path) -> None:
    kept = keep_content(PDF, name="acceptance.pdf")
    (files / kept.sha256[:2] / kept.sha256).unlink()
    with pytest.raises(NotFound, match=r"acceptance\.pdf is not in the folder"):
        as_download(kept)
