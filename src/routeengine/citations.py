"""Citations: count the sentences of a source document, and check what rules cite.

A rule set holds no words of its sources: it cites the section, the paragraph and
the sentence, with the digest of that sentence. Whoever holds the document can
check every citation with `verify_citations`, and write new ones with `citation_yaml`.
All functions here are pure: they take the text of the document, as plain text, and read
no file.

How places are counted:

1. A line that equals one of `Source.headings` (white space folded) opens a
   section and belongs to none. What stands before the first heading is in the
   section "" (no name).
2. A line that begins with `Source.number` is page furniture and is left out, with
   the empty lines around it: they count as one empty line.
3. Empty lines part paragraphs, counted from 1 in each section. They do not where
   the text before them ends without ``. ? ! : ;`` and the next line begins with a
   lower-case letter: there the sentence runs on.
4. A line that begins with a bullet (``-``, ``*``, ``•``) or a number (``1.``, ``1)``)
   begins a list item. The item is a new sentence of the same paragraph; its marker
   is no part of it.
5. Elsewhere a sentence ends after ``. ? !`` (and what closes a quotation or a
   bracket) before white space, unless the next letter is lower case or the word
   that ends there is one of `Source.abbreviations`. The end of a paragraph ends it too.
   Sentences are counted from 1 in each paragraph.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from routeengine.errors import RouteEngineError, shown
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.sources import Citation, Source

__all__ = [
    "CitationFinding",
    "Sentence",
    "check_headings",
    "citation_yaml",
    "find_sentences",
    "sentence_digest",
    "sentences",
    "verify_citations",
]

_LIST_MARKER = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)])\s+")
# Nothing is given back and no run of full stops is begun in its middle: a megabyte of them is read
# once, and not once for each.
_OPENERS = "\"'“‘«([„"
_SENTENCE_END = re.compile(
    rf"(?<![.?!])[.?!]++[\"'”’»)\]]*+\s+(?=[{re.escape(_OPENERS)}]*+(?P<following>.?))"
)
_CLOSED = (".", "?", "!", ":", ";")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document: its place, and its words with white space folded.

    `section` is the heading above it, or "" before the first one. `paragraph` counts from 1 in the
    section, `sentence` from 1 in the paragraph. `text` has the words.
    """

    section: str
    paragraph: int
    sentence: int
    text: str

    @property
    def sha256(self) -> str:
        """The digest that a citation of this sentence holds."""
        return sentence_digest(self.text)


@dataclass(frozen=True, slots=True, order=True)
class CitationFinding:
    """Something that is wrong with a citation, or (if it is "") with the count itself.

    `citation` is the id of the citation, and `message` what is wrong.
    """

    citation: str
    message: str

    def __str__(self) -> str:
        """Return the finding as `CITATION: message`."""
        return f"{self.citation}: {self.message}" if self.citation else self.message


def sentence_digest(text: str) -> str:
    """Return the SHA-256 of a sentence in NFC, white space folded: 64 hexadecimal digits."""
    return sha256(_fold(text).encode()).hexdigest()


def sentences(text: str, source: Source) -> tuple[Sentence, ...]:
    """Return every sentence of a document with its place, in reading order.

    `source` is a source of a rule set, and says how to count: its headings, abbreviations and
    number.
    """
    abbreviations = frozenset(_fold(word).casefold() for word in source.abbreviations)
    # A heading that comes back goes on counting where its section stopped.
    numbers, counted = Counter[str](), list[Sentence]()
    for section, lines in _paragraphs(text, source):
        numbers[section] += 1
        parts = (part for item in _items(lines) for part in _split(item, abbreviations) if part)
        counted += (Sentence(section, numbers[section], n, part) for n, part in enumerate(parts, 1))
    return tuple(counted)


def find_sentences(counted: Iterable[Sentence], words: Iterable[str]) -> tuple[Sentence, ...]:
    """Return the sentences that hold any of these words, in order; all of them for no words.

    Capitals and white space make no difference. What is sought is one word or several in a row.
    """
    sought = [_fold(one).casefold() for one in words]
    return tuple(
        one for one in counted if not sought or any(s in one.text.casefold() for s in sought)
    )


def citation_yaml(found: Iterable[Sentence], source: Source, *, texts: bool = False) -> str:
    """Return sentences as the section `citations` of a rule file, without their words.

    Each id is made of the ids and numbers of source, section, paragraph and sentence, and the
    author may choose another. With `texts` the words of each sentence stand above it as a comment,
    for the author to look at and take out: rule files hold no words of a source.
    """
    numbers = {_fold(heading): number for number, heading in enumerate(source.headings, 1)}
    lines = ["citations:"]
    for one in found:
        section = numbers.get(one.section, 0)
        lines += [f"  # {shown(one.text)}"] * texts
        lines += [
            f"  {source.id}_{section}_{one.paragraph}_{one.sentence}:",
            f"    source: {source.id}",
            f"    section: {_quoted(one.section)}",
            f"    paragraph: {one.paragraph}",
            f"    sentence: {one.sentence}",
            f"    sha256: {one.sha256}",
        ]
    return "\n".join(lines)


def verify_citations(ruleset: RuleSet, source_id: str, text: str) -> list[CitationFinding]:
    """Check every citation of one source against the text of that source.

    Return a finding for each heading that the text does not hold just once, and for each citation
    whose place is not there or holds another sentence. Nothing is returned if all is well.

    Raises RouteEngineError if the rule set has no such source.
    """
    source = next((source for source in ruleset.sources if source.id == source_id), None)
    if source is None:
        raise RouteEngineError(f"`{source_id}` is no source of the rule set `{ruleset.id}`")
    counted = sentences(text, source)
    by_place = {(one.section, one.paragraph, one.sentence): one for one in counted}
    by_digest = {one.sha256: one for one in counted}
    cited = (one for one in ruleset.citations if one.source == source_id)
    findings = (_check_citation(one, by_place, by_digest) for one in cited)
    return check_headings(source, text) + [one for one in findings if one is not None]


def check_headings(source: Source, text: str) -> list[CitationFinding]:
    """Return a finding for each heading that does not stand in the text just once."""
    lines = [_fold(line) for line in text.splitlines()]
    return [
        CitationFinding("", f"the heading `{heading}` stands {count} times in the text, not once")
        for heading in source.headings
        if (count := lines.count(_fold(heading))) != 1
    ]


def _quoted(text: str) -> str:
    """Return a text as YAML in quotes, with a code for each sign that YAML or a terminal minds."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08X}" for one in quoted)


def _fold(text: str) -> str:
    """Fold white space to single spaces, in NFC."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _paragraphs(text: str, source: Source) -> Iterator[tuple[str, list[str]]]:
    """Yield each paragraph as its section and its lines."""
    headings = {_fold(heading) for heading in source.headings}
    section = ""
    lines: list[str] = []
    parted = False
    for line in text.splitlines():
        folded = _fold(line)
        if folded in headings:
            if lines:
                yield section, lines
            section, lines = folded, []
        elif not folded or (source.number and folded.startswith(source.number)):
            parted = True
            continue
        elif parted and lines and not _runs_on(lines[-1], folded):
            yield section, lines
            lines = [line]
        else:
            lines.append(line)
        parted = False
    if lines:
        yield section, lines


def _runs_on(before: str, after: str) -> bool:
    """Return whether a sentence runs on over the empty line between these lines."""
    return not before.rstrip().endswith(_CLOSED) and after[0].islower()


def _items(lines: Iterable[str]) -> list[str]:
    """Join the lines of a paragraph to running text, apart for each list item."""
    items: list[list[str]] = []
    for line in lines:
        marker = _LIST_MARKER.match(line)
        if marker or not items:
            items.append([line[marker.end() :] if marker else line])
        else:
            items[-1].append(line)
    return [_fold(" ".join(item)) for item in items]


def _split(text: str, abbreviations: frozenset[str]) -> Iterator[str]:
    """Yield the sentences of running text."""
    # "Zie art. 3 van de wet. Dat geldt." has three full stops before white space. After "art." no
    # sentence ends, if that is among the abbreviations; the others end one each.
    start = 0
    for end in _SENTENCE_END.finditer(text):
        # Looked at by place: to split all that stands before, each time, is slow where it is long.
        last = text.rfind(" ", start, end.start()) + 1
        word = text[max(start, last) : end.end()].strip().lstrip(_OPENERS).casefold()
        if word not in abbreviations and not end["following"].islower():
            yield text[start : end.end()].rstrip()
            start = end.end()
    yield text[start:]


def _check_citation(
    citation: Citation,
    by_place: Mapping[tuple[str, int, int], Sentence],
    by_digest: Mapping[str, Sentence],
) -> CitationFinding | None:
    """Return a finding if a citation's place does not hold the sentence it names."""
    section, paragraph, sentence = _fold(citation.section), citation.paragraph, citation.sentence
    there = by_place.get((section, paragraph, sentence))
    if there is not None and there.sha256 == citation.sha256:
        return None
    what = "is not in the text" if there is None else "holds another sentence"
    message = f"sentence {sentence} of paragraph {paragraph} of `{section}` {what}"
    if (other := by_digest.get(citation.sha256)) is not None:
        message += (
            f"; that sentence is sentence {other.sentence} of paragraph "
            f"{other.paragraph} of `{other.section}`"
        )
    return CitationFinding(citation.id, message)
