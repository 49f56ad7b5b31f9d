"""Files inside a PDF: the document it was made from travels with it, byte for byte."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any


def enclose(pdf: bytes, name: str, content: bytes, *, about: str, at: datetime) -> bytes:
    """The PDF with ``content`` attached, named as its source as PDF/A-3 asks."""
    from pyhanko.pdf_utils import embed, generic  # noqa: PLC0415 (slow import)
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415

    writer: Any = IncrementalPdfFileWriter(BytesIO(pdf))
    file = embed.EmbeddedFileObject.from_file_data(
        writer,
        data=content,
        mime_type="application/pdf",
        params=embed.EmbeddedFileParams(creation_date=at, modification_date=at),
    )
    spec = embed.FileSpec(
        file_spec_string=name,
        file_name=name,
        embedded_data=file,
        description=about,
        af_relationship=generic.NameObject("/Source"),
    )
    embed.embed_file(writer, spec)
    made: Any = BytesIO()
    writer.write(made)
    return bytes(made.getvalue())
