"""Rules in a table mean what they mean when they are written out, and each fault has its cell."""

from __future__ import annotations

from hypothesis import given, settings

from examples import examples
from loading.as_yaml import Tree, text_of
from loading.tabled import made
from routeengine.loading import load_ruleset
from routeengine.ruleset.digest import meaning_digest, whole_digest


@settings(max_examples=examples(400), deadline=None)
@given(made())
def test_a_table_means_what_its_rows_mean_written_out(both: tuple[dict[str, str], Tree]) -> None:
    """The rules are the same ones, and so is the digest of the meaning."""
    files, tree = both
    table, written = load_ruleset(files), load_ruleset({"made.yaml": text_of(tree)})
    assert table.decision["last"].rules == written.decision["last"].rules
    assert meaning_digest(table) == meaning_digest(written)
    assert whole_digest(table) != whole_digest(written)
