#!/usr/bin/env bash
# Checks rules, runs their cases, compares them with those of another commit, and writes what came out as Markdown
# to $REPORT. Exit status 1 where the check or a case finds something, 2 where one of them could not run.
# A difference is no failure: whether it is meant is for the reader.
set -uo pipefail
: "${RULES:?}" "${REPORT:?}"
CASES=${CASES:-} BASE=${BASE:-} CASELOAD=${CASELOAD:-} BY=${BY:-} SAID_IN=${SAID_IN:-en}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
worst=0

case $SAID_IN in
    nl) title="Regels: $RULES" check="Nagelopen" cases="Voorbeelden" diff="Wat er verandert, en voor wie"
        fine="in orde" found="er is iets gevonden" failed="kon niet worden uitgevoerd" same="niets" differs="verschil"
        cut="… de rest is te lang voor een reactie" new="Deze regels zijn nieuw: er is niets om mee te vergelijken." ;;
    *)  title="Rules: $RULES" check="Checked" cases="Cases" diff="What changes, and for whom"
        fine="fine" found="something was found" failed="could not run" same="nothing" differs="different"
        cut="… the rest is too long for a comment" new="These rules are new: there is nothing to compare them with." ;;
esac

# told NAME SAID_IF_0 SAID_IF_1 COMMAND…: a heading with the outcome, and the output as text that is no Markdown.
told() {
    local name=$1 words=("$2" "$3" "$failed") status=0; shift 3
    "$@" >"$work/out" 2>&1 || status=$?
    printf '### %s: %s\n\n<details><summary><code>routeengine %s</code></summary>\n\n' \
        "$name" "${words[status < 2 ? status : 2]}" "$2"
    # Indented, so that nothing in rules or their names can be a link, a picture or a mention.
    head -c 20000 "$work/out" | iconv -f utf-8 -t utf-8 -c | sed "s|$work/||g; s/^/    /"
    [ "$(wc -c <"$work/out")" -le 20000 ] || printf '\n    %s\n' "$cut"
    printf '\n</details>\n\n'
    return "$status"
}
keep() { [ "$1" -le "$worst" ] || worst=$1; }

RULES=${RULES#./} RULES=${RULES%/} old=
[ -z "$CASELOAD" ] || : "${BY:?"is not said: with a caseload, by which column to count"}"
if [ -n "$BASE" ] && ! git cat-file -e "$BASE^{commit}"; then
    echo "the commit $BASE is not here: check out with \`fetch-depth: 0\`" >&2
    exit 2
fi
if [ -n "$BASE" ] && git cat-file -e "$BASE:$RULES" 2>/dev/null; then
    git archive "$BASE" -- "$RULES" | tar -x -C "$work"
    mkdir "$work/before" && mv "$work/${RULES%%/*}" "$work/before/" && old=$work/before/$RULES
fi

{
    printf '<!-- routeengine -->\n## %s\n\n' "$(printf %s "$title" | tr -d '<>`[]@#&\n')"
    told "$check" "$fine" "$found" routeengine check "$RULES" ${old:+--against "$old"}; keep $?
    if [ -n "$CASES" ]; then
        # shellcheck disable=SC2086  # several, with blanks between
        told "$cases" "$fine" "$found" routeengine test "$RULES" $CASES; keep $?
    fi
    if [ -z "$old" ]; then
        [ -z "$BASE" ] || printf '%s\n' "$new"
    else
        clients=()
        [ -z "$CASELOAD" ] || clients=(--caseload "$CASELOAD" --by "$BY")
        told "$diff" "$same" "$differs" routeengine diff "$old" "$RULES" --lang "$SAID_IN" "${clients[@]}"
        status=$?
        [ "$status" -lt 2 ] || keep "$status"
    fi
} >"$REPORT"

[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$REPORT" >>"$GITHUB_STEP_SUMMARY"
[ -z "${GITHUB_OUTPUT:-}" ] || echo "report=$REPORT" >>"$GITHUB_OUTPUT"
exit "$worst"
