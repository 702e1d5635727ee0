"""Regular expressions by the grammar of ECMA-262, and texts they may match, for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

_SIGNS = ["a", "b", "A", "1", "_", "-", " ", "#", "&", "~", "é", "\u2028", "😀", "\n"]
_ESCAPES = [
    *(r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\n", r"\t", r"\0", r"\cJ", r"\x61", r"\u0062"),
    *(r"\ud83d\ude00", r"\ud83d", r"\ude00", r"\/", r"\.", r"\$", r"\^", r"\[", r"\]", r"\\"),
]
_UNICODE = [r"\p{L}", r"\P{Lu}", r"\p{Script=Latin}", r"\p{Emoji}", r"\P{ASCII}", r"\u{1f600}"]
_LENIENT = ["]", "{", "}", r"\-", r"\_", r"\@", r"\#", "{,2}"]
_QUANTIFIERS = ["*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}", "{0}", "{1}", "*?", "+?", "??"]

_class_ends = st.sampled_from([*_SIGNS[:4], r"\x62", r"\-", "é", "😀", r"\u{1f600}", r"\b", "["])
_class_parts = st.one_of(
    st.sampled_from([*_SIGNS, *_ESCAPES, *_UNICODE, "[", "&&", "--", "~~", "^", ".", r"\b"]),
    st.builds("{}-{}".format, _class_ends, _class_ends),
)
_classes = st.builds(
    "[{}{}{}]".format,
    st.sampled_from(["", "^"]),
    st.lists(_class_parts, max_size=3).map("".join),
    st.sampled_from(["", "", "-"]),
)
_atoms = st.one_of(
    st.sampled_from(["a", "b", "a", "b", ".", "", "()", "(?:)"]),
    st.sampled_from([*_SIGNS, *_ESCAPES, *_UNICODE]),
    st.sampled_from(["^", "$", r"\b", r"\B"]),
    st.sampled_from([r"\1", r"\1", r"\2", r"\3", r"\k<n>"]),
    _classes,
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.sampled_from(["(", "(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<n>"])
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
        st.builds("{}{})".format, groups, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(_QUANTIFIERS)),
        st.builds("({}){}".format, inner, st.sampled_from(_QUANTIFIERS)),
        st.builds("{}{}".format, _classes, st.sampled_from(_QUANTIFIERS)),
        st.builds("({}){}\\1".format, inner, inner),
        st.builds("{}{}".format, inner, st.sampled_from([*_LENIENT, *_QUANTIFIERS])),
    )


patterns = st.recursive(_atoms, _grown, max_leaves=8)
"""Mostly expressions that hold; some are refused for a reference or a quantifier."""

scribbles = st.lists(
    st.sampled_from([*"ab1-]}{)(?|^$*+.\\,[dDuxcpPk<>=!:", "{1,2}", "(?", r"\u{", "[^", "(?<a>"]),
    max_size=9,
).map("".join)
"""Signs of syntax in any order; most are no expressions."""

texts = st.lists(
    st.text(
        st.sampled_from(["a", "b", "a", "b", "1", *_SIGNS, "\r", "\x85", "\ufeff", "B", "]"]),
        max_size=6,
    ),
    min_size=8,
    max_size=8,
)
