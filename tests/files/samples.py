"""Small files of every kind, honest and not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

TYPES = b'<?xml version="1.0"?><Types><Override ContentType="%s"/></Types>'
WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_WORD = b"application/vnd.ms-word.document.macroEnabled.main+xml"


def archive(parts, packing=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packing) as packed:
        for name, content in parts:
            packed.writestr(name, content)
    return target.getvalue()


def docx(*more, main=WORD, **options):
    parts = [("[Content_Types].xml", TYPES % main), ("word/document.xml", b"<w:document/>")]
    return archive([*parts, *more], **options)


def xlsx(*more):
    return archive([("[Content_Types].xml", TYPES % b"sheet"), ("xl/workbook.xml", b"<x/>"), *more])


def png():
    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(b"\x00\xff")
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x01" * 40 + b"\xff\xd9"
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
HONEST = {
    "estimate.pdf": ("application/pdf", PDF),
    "sow.docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        docx(),
    ),
    "prices.xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx()),
    "rows.csv": ("text/csv", "name,價格\nA,1\n".encode()),
    "notes.txt": ("text/plain", "\ufeffGrüße\n".encode()),
    "wide.txt": ("text/plain", "Grüße\n".encode("utf-16")),
    "plan.md": ("text/markdown", b"# Plan\n\n<b>bold</b>\n"),
    "call.ics": ("text/calendar", ICS),
    "marked.ics": ("text/calendar", b"\xef\xbb\xbf" + ICS),
    "screen.png": ("image/png", png()),
    "photo.jpg": ("image/jpeg", JPEG),
    "photo.JPEG": ("image/jpeg", JPEG + b"\x00" * 100),
}


def lying_directory():
    """An archive whose directory names parts the archive does not hold."""
    whole = docx()
    return whole[: len(whole) // 3] + whole[len(whole) // 2 :]


def locked():
    content = bytearray(docx())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


BOMB = docx(("word/media/bomb.bin", b"\x00" * (51 * 1024 * 1024)))
DENSE = docx(("word/media/dense.bin", b"\x00" * (4 * 1024 * 1024)))
HOSTILE = {
    "program.exe": b"MZ\x90\x00",
    "page.html": b"<script>alert(1)</script>",
    "image.svg": b"<svg onload='alert(1)'/>",
    "old.gif": b"GIF89a",
    "archive.zip": archive([("a.txt", b"a")]),
    "macros.docm": docx(main=MACRO_WORD),
    "sheet.xlsm": xlsx(("xl/vbaProject.bin", b"x")),
    "estimate.pdf.exe": PDF,
    "noending": PDF,
    ".pdf": PDF,
    "..": PDF,
    "": PDF,
    "page.pdf": b"<html><script>alert(1)</script></html>%%EOF",
    "late.pdf": b"GIF89a/*" + PDF,
    "cut.pdf": PDF[:-12],
    "bundle.pdf": PDF + archive([("a.txt", b"a")]) + b"\n%%EOF\n",
    "program.pdf": b"MZ\x90\x00" + PDF,
    "picture.png": JPEG,
    "tail.png": png() + b"<script>alert(1)</script>",
    "rar.png": png()[:-12] + archive([("a.txt", b"a")]),
    "bundle.jpg": JPEG + archive([("a.txt", b"a")]) + b"\xff\xd9",
    "gif.jpg": b"GIF89a" + JPEG[6:],
    "nul.txt": b"text\x00text",
    "bell.txt": b"text\x07",
    "escape.csv": b"a,\x1b]0;title\x07b",
    "latin.csv": "Größe".encode("latin-1"),
    "half.txt": "ü".encode()[:1],
    "pdf.txt": PDF,
    "pdf.csv": PDF,
    "zip.txt": archive([("a.txt", b"a")]),
    "png.md": png(),
    "plain.ics": b"Dear all,",
    "script.ics": b"<script>BEGIN:VCALENDAR</script>",
    "pdf.docx": PDF,
    "sheet.docx": xlsx(),
    "word.xlsx": docx(),
    "plain.docx": archive([("a.txt", b"a")]),
    "notypes.docx": archive([("word/document.xml", b"x")]),
    "empty.docx": archive([]),
    "after.docx": docx() + b"<script>",
    "before.docx": b"#!/bin/sh\n" + docx(),
    "twice.docx": docx() + docx(),
    "bomb.docx": BOMB,
    "dense.docx": DENSE,
    "many.docx": docx(*[(f"word/part{number}.xml", b"x") for number in range(200)]),
    "vba.docx": docx(("word/vbaProject.bin", b"x")),
    "vba2.docx": docx(("word/VBAPROJECT.BIN", b"x")),
    "xlm.xlsx": xlsx(("xl/macrosheets/sheet1.xml", b"x")),
    "activex.docx": docx(("word/activeX/activeX1.bin", b"x")),
    "made-for-macros.docx": docx(main=MACRO_WORD),
    "up.docx": docx(("../../etc/cron.d/x", b"x")),
    "root.docx": docx(("/etc/passwd", b"x")),
    "back.docx": docx(("word\\..\\..\\x", b"x")),
    "drive.docx": docx(("c:/windows/x", b"x")),
    "lzma.docx": docx(packing=zipfile.ZIP_LZMA),
    "bzip.docx": docx(packing=zipfile.ZIP_BZIP2),
    "lying.docx": lying_directory(),
    "locked.docx": locked(),
    "cut.docx": docx()[:-30],
}
