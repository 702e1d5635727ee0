from __future__ import annotations

import subprocess
import sys
import time

import jsonschema_rs
import pytest

from openapi_first.runtime.formats import (
    FORMATS_2020_12,
    FORMATS_DRAFT_4,
    NUMBER_FORMATS,
    OPEN_FORMATS,
    checkers_draft_4,
)

DIALECTS = {
    "draft 4": (jsonschema_rs.Draft4Validator, FORMATS_DRAFT_4),
    "2020-12": (jsonschema_rs.Draft202012Validator, FORMATS_2020_12),
}

# Format, texts that have it, texts that do not.
TABLE: dict[str, tuple[list[str], list[str]]] = {
    # RFC 3339 §5.6 to §5.8.
    "date-time": (
        [
            "1985-04-12T23:20:50.52Z",
            "1996-12-19T16:39:57-08:00",
            "1990-12-31T23:59:60Z",
            "1990-12-31T15:59:60-08:00",
            "1937-01-01T12:00:27.87+00:20",
            "2000-02-29t00:00:00z",
        ],
        [
            "1985-04-12T23:20:50",
            "1900-02-29T00:00:00Z",
            "1985-04-12T24:00:00Z",
            "2020-01-01",
            "1998-12-31T22:59:60Z",
            "2020-01-01T00:00:00+24:00",
            "2020-01-01T00:00:00Z\n",
        ],
    ),
    "date": (
        ["1963-06-19", "2000-02-29", "0000-02-29"],
        ["2020-02-30", "2020-1-1", "20200101", "2020-001", "2020-01-01\n", "১963-06-19"],
    ),
    "time": (
        ["08:30:06Z", "23:20:50.52z", "23:59:60Z", "00:29:60+00:30"],
        ["08:30:06", "24:00:00Z", "22:59:60Z", "12:00:00.Z", "8:30:06Z"],
    ),
    # RFC 3339, appendix A.
    "duration": (
        ["P4DT12H30M5S", "P1Y2M3D", "PT36H", "P1W", "P0D", "P1YT1S"],
        ["P", "PT", "P1Y2D", "PT1H3S", "P1.5D", "P1Y1W", "P1D\n", "p1d", "-P1D", "4D"],
    ),
    # RFC 9562 §4.
    "uuid": (
        [
            "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
            "2EB8AA08-AA98-11EA-B4AA-73B441D16380",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ],
        [
            "2eb8aa08aa9811eab4aa73b441d16380",
            "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}",
            "",
            "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
            "2eb8aa08-aa98-11ea-b4aa-73b441d16380\n",
        ],
    ),
    # RFC 3986 §1.1.2, and what its grammar refuses.
    "uri": (
        [
            "ftp://ftp.is.co.za/rfc/rfc1808.txt",
            "ldap://[2001:db8::7]/c=GB?objectClass?one",
            "mailto:John.Doe@example.com",
            "news:comp.infosystems.www.servers.unix",
            "a:",
            "tel:+1-816-555-1212",
            "telnet://192.0.2.16:80/",
            "urn:oasis:names:a:1.2",
            "http:///x",
        ],
        [
            "a",
            "//a",
            "http://a b",
            "http://a/%zz",
            "http://é/",
            "http://[::1",
            "1a:b",
            "x:[a]",
            "http://a/#a#b",
            "http://a/|",
            "http://a:b/",
            "http://[fe80::1%25en0]/",
            "",
        ],
    ),
    "uri-reference": (
        ["", "a", "//a/b", "?x", "#x", "a:b", "./1a:b", "../.."],
        ["1a:b", "a b", "é", "%", "#a#b", ":a", "\\\\a"],
    ),
    # RFC 3987 §2.2: private characters in queries alone.
    "iri": (
        ["http://é/é?é#é", "http://a/?\ue000", "http://a/😀"],
        ["http://a/\ue000", "é:x", "http://a b", "/é", "http://a/\x80"],
    ),
    "iri-reference": (["", "é", "/é#é"], ["a b", "\\", "%", "\ue000"]),
    # RFC 6570 §2; operators that it reserves are of its grammar.
    "uri-template": (
        ["http://example.com/~{username}/", "{/list*}", "{?x,y}", "{var:30}", "{+x}", "{%41}", ""],
        ["{", "{}", "{x", "x}", "{x-y}", "{x:0}", "{x:10000}", "{x*:3}", "{x y}", "a b", "%zz"],
    ),
    # RFC 5321 §4.1.2.
    "email": (
        [
            "joe.bloggs@example.com",
            '"joe..b@c"@example.com',
            "joe@[127.0.0.1]",
            "a@b",
            "a@1.2.3.4",
            "joe@[IPv6:::1]",
            "a" * 64 + "@b",
            "!#$%&'*+/=?^_`{|}~-@e.f",
            '"a\\"b"@c',
            "a@XN--X.c",
        ],
        [
            "Joe <a@b.c>",
            ".a@b",
            "a.@b",
            "a..b@c",
            "a" * 65 + "@b",
            "a@-b",
            "a@b-",
            "a@b_c",
            "a@b.",
            "a@" + "b" * 64,
            "é@b.c",
            "a@é.c",
            "a b@c",
            '"a"b"@c',
            "a@[300.1.1.1]",
            "a@[::1]",
            "a@",
            "@b",
            "a@b@c",
            "a@b\n",
            '"\t"@b',
            "a@[1.2.3.x]",
            "a@" + ".".join(["b" * 60] * 5),
        ],
    ),
    # RFC 6531 §3.3.
    "idn-email": (
        ["실례@실례.테스트", "é@b.c", "a@b.c", '"é b"@c', "a@[127.0.0.1]"],
        ["Joe <é@b.c>", "é b@c", "é", "..é@c", "é" * 33 + "@c", "a@-é", "é@"],
    ),
    # RFC 1123 §2.1.
    "hostname": (
        ["example.com", "EXAMPLE", "1a.2b", "123", "a" * 63, "xn--nxasmq6b"],
        ["-a", "a-", "a_b", "a..b", ".a", "a.", "", "a" * 64, "é", "a\n", ".".join(["a" * 63] * 4)],
    ),
    # RFC 5890 §2.3.2.3.
    "idn-hostname": (["실례.테스트", "faß.de", "a.b"], ["a_b", "ab--c", "-é", "☃.com", "", "〮실례"]),
    "ipv4": (["127.0.0.1", "255.255.255.255"], ["01.2.3.4", "256.1.1.1", "1.2.3", "0x1.2.3.4"]),
    "ipv6": (
        ["::", "::1", "1:2:3:4:5:6:7::", "::ffff:1.2.3.4", "ABCD::"],
        ["1::2::3", "12345::", ":::", "fe80::1%eth0", "[::1]", "::1\n", "1:2:3:4:5:6:7:1.2.3.4"],
    ),
    # RFC 6901 §3 and §5.
    "json-pointer": (
        ["", "/foo/0", "/", "/a~1b", "/m~0n", "/ ", "/é\n"],
        ["a", "/~2", "/~", "#/a"],
    ),
    # draft-bhutton-relative-json-pointer-00 §3 and §5.1.
    "relative-json-pointer": (
        ["0", "1/0", "0-1", "2/highly/nested/objects", "0#", "0-1#", "1#", "0+1/a~0", "120/\n"],
        ["", "01", "-1", "/a", "0##", "0/~2", "0+01", "0a", "١", "0-", "0#/a"],
    ),
    # ECMA-262 §22.2.1 in Unicode mode.
    "regex": (
        ["^a$", "[^]", r"(?<x>a)\k<x>", r"\p{L}", r"\u{1f600}", "(?<=a)b"],
        ["(", "[", "*", "a**", "(?i)a", "(?P<x>a)", r"\A", r"\Z", "a{2,1}", "[z-a]", r"\2"],
    ),
    # RFC 4648 §10; §3.2 for padding, §3.1 for line breaks.
    "byte": (
        ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy", "+/+/"],
        ["Zg", "Zg=", "Zm9=v", "Z===", "====", "-_-_", "Zm9v\n", "Zm\n9v", "é===", "Zm9v===="],
    ),
    "base64url": (
        ["", "Zg", "Zg==", "Zm8", "Zm8=", "Zm9v", "-_-_"],
        ["Z", "Zg=", "+/+/", "Zm9vY", "Zm9v\n", "=", "====", "Z===", "Zm9v===="],
    ),
    "char": (["a", "é", "😀", "\n", " "], ["", "ab", "e\u0301"]),
    # TOML 1.0, Local Date-Time and Local Time: RFC 3339 without the offset.
    "date-time-local": (
        ["1979-05-27T07:32:00", "1979-05-27 00:32:00.999999", "1979-05-27t23:59:60"],
        ["1979-05-27T07:32:00Z", "1979-02-29T07:32:00", "1979-05-27", "1979-05-27T24:00:00", ""],
    ),
    "time-local": (["07:32:00", "00:32:00.999999"], ["07:32:00Z", "24:00:00", "7:32:00", "07:32"]),
    # RFC 9110 §5.6.7.
    "imf-fixdate": (
        ["Sun, 06 Nov 1994 08:49:37 GMT", "Tue, 29 Feb 2000 23:59:60 GMT"],
        [
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Wed, 30 Feb 2000 0:0:0",
            "Wed, 30 Feb 2000 00:00:00 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
        ],
    ),
    "http-date": (
        [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Wed Nov 16 08:49:37 1994",
        ],
        ["Sun Nov 6 08:49:37 1994", "Sun Nov 31 08:49:37 1994", "1994-11-06T08:49:37Z", ""],
    ),
    # RFC 9110 §12.5.1 and §5.6.6.
    "media-range": (
        ["*/*", "text/*", "text/html;level=1", 'a/b; c="d \\" e" ;', "a/b;;c=d", "a/b ; c=d"],
        [
            "text",
            "text/",
            "/b",
            "a/b/c",
            "a/b;c",
            "a/b;c=",
            "a/b c=d",
            "a/b, c/d",
            'a/b;c="',
            "a/b ",
        ],
    ),
    # RFC 8941 §3.3.
    "sf-binary": ([":cHJldGVuZA==:", "::", ":YQ:"], [":-_:", "YQ==", ":Y Q:", ":", ":=Y:"]),
    "sf-boolean": (["?0", "?1"], ["1", "?2", "?", "?1\n"]),
    "sf-string": (['"hello world"', '""', '"a\\"b\\\\"'], ["hello", '"', '"é"', '"\\a"', '"\t"']),
    "sf-token": (["foo123/456", "*a", "a:b!"], ["1a", "", "a b", "é", "a\n"]),
    "decimal": (
        ["0", "-1.50", "+.5", "1.", "1e-9"],
        ["", ".", "1,5", "NaN", "١", "0x1", "1e", "1 "],
    ),
}


def has(dialect: str, name: str, text: object) -> bool:
    validator, formats = DIALECTS[dialect]
    schema = {"format": name}
    return validator(schema, formats=formats, validate_formats=True).is_valid(text)


ROWS = [
    pytest.param(name, text, expected, id=f"{name} {text[:40]!r}")
    for name, (right, wrong) in TABLE.items()
    for expected, texts in ((True, right), (False, wrong))
    for text in texts
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("name", "text", "expected"), ROWS)
def test_a_format_means_what_its_rfc_says(dialect, name, text, expected):
    assert has(dialect, name, text) is expected


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", sorted({*TABLE, *OPEN_FORMATS, *NUMBER_FORMATS}))
def test_a_format_of_texts_is_no_matter_to_other_values(dialect, name):
    assert all(has(dialect, name, value) for value in (12, 13.7, {}, [], False, None))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", sorted(OPEN_FORMATS))
def test_an_open_format_takes_any_text(dialect, name):
    assert all(has(dialect, name, text) for text in ("", "a", "\x00{é😀"))


def test_every_checker_is_held_to_a_table():
    assert {*FORMATS_DRAFT_4, *FORMATS_2020_12} <= {*TABLE}


@pytest.mark.parametrize("name", sorted(FORMATS_DRAFT_4.keys() - FORMATS_2020_12.keys()))
def test_a_borrowed_format_is_checked_by_the_librarys_own_method(name):
    schema = {"allOf": [{"properties": {"a": {"items": {"type": "string", "format": name}}}}]}
    checkers = checkers_draft_4(schema)
    assert type(checkers[name]).__name__ == "builtin_function_or_method"
    assert checkers.keys() == FORMATS_DRAFT_4.keys()
    for text in (each for texts in TABLE.values() for some in texts for each in some):
        assert checkers[name](text) is FORMATS_DRAFT_4[name](text)


@pytest.mark.parametrize("name", sorted(FORMATS_DRAFT_4))
def test_a_long_text_is_judged_at_once(name):
    parts = ("a", "0", "=", "/", "/~0", '"', '\\"', ";", "; ", ";a=b ", ".", "a.", ":", "a-", "{a}")
    texts = [
        start + part * 30_000 + "\x00" for part in parts for start in ("", '"', "a/b", "0/", "a@")
    ]
    check = FORMATS_DRAFT_4[name]
    started = time.perf_counter()
    for text in texts:
        check(text)
    # Some 5 MB; a quadratic expression would take minutes.
    assert time.perf_counter() - started < 5


def test_the_lambda_compiles_no_expression_before_it_is_asked():
    script = (
        "import sys, openapi_first.runtime.formats as formats\n"
        "assert formats._compiled.cache_info().currsize == 0\n"
        "assert 'jsonschema_rs' not in sys.modules and 'datetime' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
