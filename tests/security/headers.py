"""The headers that every answer carries, and what is wrong with those of one."""

from __future__ import annotations

from http.cookies import Morsel

from django.conf import settings
from django.http import HttpResponse

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

REFERRER = {"same-origin", "no-referrer"}  # the latter where the address is the secret


def missing(answer: HttpResponse, *, static: bool = False) -> list[str]:
    """What is wrong with the headers of an answer."""
    wrong = [name for name, value in ALWAYS.items() if answer.headers.get(name) != value]
    if answer.headers.get("Referrer-Policy") not in REFERRER:
        wrong.append("Referrer-Policy")
    if policy_of(answer) != POLICY:
        wrong.append(f"Content-Security-Policy {answer.headers.get('Content-Security-Policy')}")
    if not static and "no-store" not in answer.headers.get("Cache-Control", ""):
        wrong.append(f"Cache-Control {answer.headers.get('Cache-Control')}")
    if not static and "HX-Request" not in answer.headers.get("Vary", ""):
        wrong.append(f"Vary {answer.headers.get('Vary')}")
    told = {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(answer.headers)
    return [*wrong, *told, *(cookie for each in answer.cookies.values() for cookie in loose(each))]


def policy_of(answer: HttpResponse) -> dict[str, str]:
    said = answer.headers.get("Content-Security-Policy", "")
    pairs = (each.strip().partition(" ") for each in said.split(";") if each.strip())
    return {name: sources for name, _, sources in pairs}


def loose(cookie: Morsel[str]) -> list[str]:
    """Only the theme may be read by a script; no cookie leaves with a foreign site's post."""
    if not cookie.value:  # it is being taken away
        return []
    open_to_scripts = cookie.key in ("theme", settings.CSRF_COOKIE_NAME)
    wrong = [] if cookie["httponly"] or open_to_scripts else [f"{cookie.key} without HttpOnly"]
    return wrong if cookie["samesite"] in ("Lax", "Strict") else [*wrong, f"{cookie.key} SameSite"]
