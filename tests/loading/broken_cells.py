# ruff: noqa: E501  a table reads best with an entry to a line
# fmt: off
"""One slip in the table of cards for each way to be wrong: name -> change, and what is told."""

from __future__ import annotations

CELLS: dict[str, tuple[tuple[str, str], str]] = {
    "a value that there is not": ((";none | mild;", ";none | mildd;"), "cards.csv:3:debt: `debt` cannot be `mildd` (did you mean `mild`?)"),
    "a number past the end": (("< 18;-", "< 180;-"), "cards.csv:2:age: `age` cannot be `180` (it is a whole number from 0 to 120)"),
    "below the lowest": (("< 18;-", "< 0;-"), "cards.csv:2:age: no value of `age` is `< 0`"),
    "a range that goes back": ((">= 65", "70..65"), "cards.csv:5:age: the first number of `between` is larger than the second"),
    "an order that there is not": ((";none | mild;", ";>= mild;"), "cards.csv:3:debt: `at_least` is for numbers and dates, and `debt` is one of `none`, `mild`, `serious` (name the values)"),
    "twice": ((";none | mild;", ";none | none;"), "cards.csv:3:debt: `none` appears twice"),
    "twice the same": ((">= 65", ">= 65 | 65..120"), "cards.csv:5:age: `65..120` says what stands before it"),
    "no answer": ((";ja;", ";misschien;"), "cards.csv:3:adult: `misschien` is no answer to whether `adult` holds (write `ja` or `nee`, `yes` or `no`)"),
    "an outcome that there is not": ((";ja;A;", ";ja;C;"), "cards.csv:3:then: `C` is no outcome of `card` (it has `A`, `B`)"),
    "a candidate that there is not": (("A | B", "A | C"), "cards.csv:4:then: `C` is no outcome of `card` (it has `A`, `B`)"),
    "no answer in a row": ((";ja;A;", ";ja;-;"), "cards.csv:3:then: a row needs an answer (write an outcome, or `review: A | B`)"),
    "review without a reason": (("review: A | B", "review"), "cards.csv:4:then: a review without candidates needs its reason (name candidates, or add `because`)"),
    "no name": (("old;18", ";18"), "cards.csv:3:rule: a row needs a name, by which its rule is known"),
    "a name that is none": (("old;18", "Old;18"), "cards.csv:3:rule: `Old` cannot be an id (begin with a lower-case letter, then lower-case letters, digits and underscores)"),
    "a name twice": (("older;", "old;"), "cards.csv:5:rule: `old` appears twice (the first is in line 3)"),
    "a name of another decision": (("young;", "loan_one;"), "rules.yaml:85:7: `loan_one` is also a rule of `card` (rule ids are unique in the whole rule set)"),
    "words that lack": ((";oud;old;", ";oud;;"), "cards.csv:3:reason:en: `reason` lacks its words in `en` (add `en: …`)"),
    "no citation": ((";grown up;first", ";grown up;"), "cards.csv:3:cites: the basis is `source`, and no citation is named (name it under `cites`, or say that it is an interpretation)"),
    "another citation": ((";grown up;first", ";grown up;first second"), "cards.csv:3:cites: `second` is no citation"),
    "a formula": ((";oud;old;", ";oud;=1+1;"), "cards.csv:3:reason:en: `=1+1` is a formula: write what it comes to"),
    "fewer cells": ((";grown up;first", ""), "cards.csv:3:(row): has 8 cells where the header has 10"),
    "a quote": (("old;18", '"old;18'), "cards.csv:3:(row): a quote is not closed, or text stands after it"),
    "a column that there is not": (("rule;age", "rule;aged"), "cards.csv:1:aged: `aged` is no fact, criterion or score, and no column of a table of rules (did you mean `age`?)"),
    "a column twice": (("age;debt", "age;age"), "cards.csv:1:age: the column `age` appears twice"),
    "a column without a name": (("age;debt", "age;"), "cards.csv:1:3: column 3 has no name (name it after what it asks of)"),
    "no column of names": (("rule;age", "age;age"), "cards.csv:1:rule: a table of rules needs the column `rule`"),
    "no column of answers": ((";then;", ";then:loan;"), "cards.csv:1:then: there is no column `then`, nor `then:card`"),
    "two sorts of answers": ((";label:nl;", ";then:loan;"), "cards.csv:1:then: a table has `then`, or `then:DECISION` for each decision"),
    "a decision that there is not": ((";then;", ";then:cart;"), "cards.csv:1:then:cart: `then:cart` is no fact, criterion or score, and no column of a table of rules (did you mean `then:card`?)"),
    "no reasons": (("reason:en", "label:en"), "cards.csv:1:reason:en: a table of rules needs the column `reason:en`"),
    "no grounds": ((";label:en;cites", ";label:en;debt"), "cards.csv:1:cites: a table of rules needs the column `cites` (or give `grounds:` beside `table:`)"),
    "a language that there is not": (("label:en", "label:fr"), "cards.csv:1:label:fr: `label:fr` is no fact, criterion or score, and no column of a table of rules (did you mean `label:nl`?)"),
}
