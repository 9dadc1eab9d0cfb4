// The page of an interview. Its state is one list of answers, in the order in which they were given;
// all that is shown is worked out again from that list after each of them. Before this stand in the same
// script `Evaluating`, the evaluator of artefacts, and `Checking`, which shares nothing with it.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const rules = Evaluating.load(read("artefact"));
const { words, facts: factsSaid, decisions: decisionsSaid, constraints } = read("said");
const LANGUAGE = document.documentElement.lang;

/** What was answered: { fact, value }, of which the value is null if it is not known. */
let answers = [];
/** The answer that is being given again, and what stands there until then. */
let again = null;
let before;

// Words

const in_ = (text) => text?.[LANGUAGE] ?? "";
const firstUp = (text) => text.replace(/^(één|.)/u, (one) => (one === "één" ? "Eén" : one.toUpperCase()));
const fill = (text, some) => text.replace(/\{(\w+)\}/g, (_, name) => some[name]);
const quoted = (text) => fill(words.quoted, { text });
const join = (some, word) => (some.length < 2 ? some.join("")
  : `${some.slice(0, -1).join(", ")} ${word} ${some.at(-1)}`);
const either = (some) => join(some, words.or_);
const both = (some) => join(some, words.and_);

const number = (id) => rules.numbers.get(id);
const fact = (id) => rules.facts[number(id)];
const label = (id) => in_(fact(id).label);
const isRange = ({ kind }) => !["boolean", "category"].includes(kind);

/** Return a band of a fact as people write it: "hoogstens 12", "13 tot en met 18". */
function bandInWords(id, [first, last]) {
  const one = fact(id), runs = one.cells.flat().sort(([left], [right]) => left - right);
  const low = factsSaid[id].ends[runs.findIndex(([start]) => start === first)][0];
  const high = factsSaid[id].ends[runs.findIndex(([, end]) => end === last)][1];
  const [from, until, between] = one.kind === "date"
    ? [words.from_day, words.until_day, words.days_between] : [words.at_least, words.at_most, words.between];
  if (first === last) return low;
  if (first === 0) return fill(until, { high });
  if (last === one.size - 1) return fill(from, { low });
  return last === first + 1 ? either([low, high]) : fill(between, { low, high });
}

/** Return the answers that a question can have, each with its words; numbers in bands. */
function choices(id) {
  const rest = answers.filter((one) => one.fact !== id || one.reopened);
  if (!isRange(fact(id))) {
    const every = factsSaid[id].values.map((text, value) => ({ value: rules.valueOf(number(id), value), text }));
    // People say yes or no, in this order.
    return fact(id).kind === "boolean" ? every.reverse() : every;
  }
  return rules.bands(profileOf(rest), id).map(([first, last]) => {
    const [low, high] = [first, last].map((end) => rules.valueOf(number(id), end));
    return { value: first === last ? low : { between: [low, high] }, text: bandInWords(id, [first, last]) };
  });
}

/** Return what was answered in words, as it was chosen. */
const answerInWords = ({ fact: id, value, text }) => (value === null ? words.unknown
  : value.declined ? words.declined : text);

// What is known, and what to ask

const profileOf = (some) => Object.fromEntries(some.map(({ fact: id, value }) => [id, value]));

/** Mark the bands that something said later has opened: those are asked more closely. */
function marked(some) {
  const { verdicts } = rules.classify(profileOf(some));
  const missing = new Set(Object.values(verdicts).flatMap((one) => one.missing));
  return some.map((one) => ({ ...one, reopened: Boolean(one.value?.between) && missing.has(one.fact) }));
}

const asked = () => answers.filter((one) => !one.reopened).map((one) => one.fact);

function give(id, value, text) {
  const one = { fact: id, value, text };
  answers = marked(answers.some((other) => other.fact === id)
    ? answers.map((other) => (other.fact === id ? one : other)) : [...answers, one]);
  [again, before] = [null, undefined];
  show(true);
}

function goBack() {
  const { fact: id, value } = answers.at(-1);
  answers = marked(answers.slice(0, -1));
  [again, before] = [id, value];
  show(true);
}

function change(id) {
  [again, before] = [id, answers.find((one) => one.fact === id).value];
  show(true);
}

function startAgain() {
  answers = [];
  [again, before] = [null, undefined];
  show(true);
}

// Elements

const $ = (id) => document.getElementById(id);

/** Return an element; what is null or false among its children is left out. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick" || key === "onsubmit") made[key] = value;
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return made;
}

const paragraph = (text, kind) => text && element("p", { class: kind }, text);
const button = (text, onclick, more = {}) => element("button", { type: "button", onclick, ...more }, text);

// The question

function questionCard(id) {
  const one = fact(id), options = choices(id);
  const error = element("p", { id: "error", class: "error", role: "alert" });
  const radios = options.map(({ value, text }, place) => element("label", { class: "choice" },
    element("input", {
      type: "radio", name: "answer", value: place, autocomplete: "off", "data-value": JSON.stringify(value),
      checked: JSON.stringify(value) === JSON.stringify(before),
    }), element("span", {}, firstUp(text))));
  const submit = (event) => {
    event.preventDefault();
    const chosen = event.target.querySelector("input:checked");
    if (chosen) {
      const { value, text } = options[Number(chosen.value)];
      give(id, value, text);
    } else {
      error.textContent = words.choose_first;
      event.target.querySelector("input").focus();
    }
  };
  const changing = again !== null && answers.some((other) => other.fact === id);
  const few = options.length === 2 && options.every(({ text }) => text.length < 20);
  return element("form", { novalidate: true, autocomplete: "off", "data-fact": id, onsubmit: submit },
    element("fieldset", { "aria-describedby": "why" },
      element("legend", {}, element("h2", { id: "question", tabindex: "-1" }, in_(one.question))),
      element("div", { id: "why" }, paragraph(in_(one.why_needed)),
        one.special_category && paragraph(words.special, "special")),
      element("div", { class: few ? "choices few" : "choices" }, radios)), error,
    element("div", { class: "buttons" },
      element("button", { type: "submit", class: "main" }, words.next),
      button(words.unknown, () => give(id, null), { id: "unknown" }),
      button(words.declined, () => give(id, { declined: true }), { id: "declined" })),
    changing ? element("p", { class: "step" }, button(words.keep, () => { again = null; show(true); },
      { id: "keep", class: "link" })) : backButton());
}

const backButton = () => answers.length > 0
  && element("p", { class: "step" }, button(words.back, goBack, { id: "back", class: "link" }));

/** Return how an interview ends: what was asked clashes, leaves something open, or settles it. */
const endOf = (verdicts) => (verdicts.some((one) => one.reason === "contradiction") ? "contradictory"
  : verdicts.some((one) => one.status === "insufficient") ? "open" : "settled");

function endCard(end) {
  return element("div", { "data-end": end },
    element("h2", { id: "question", tabindex: "-1" }, words.end[end]),
    paragraph(words.end_text[end]),
    element("div", { class: "buttons" }, button(words.print, () => print(), { class: "main" })), backButton());
}

// The advice so far

/** Return in a few words what a decision can still become: "route A of B, of eerst een gesprek". */
function couldBe(id, keys) {
  const { outcomes, label: name } = decisionsSaid[id];
  const own = keys.filter((key) => Object.hasOwn(outcomes, key));
  const rest = keys.filter((key) => !Object.hasOwn(outcomes, key)).map((key) => words.instead[key]);
  if (!own.length || own.some((key) => outcomes[key].short === outcomes[key].full)) {
    return either([...own.map((key) => outcomes[key].inside), ...rest]);
  }
  const named = `${name} ${either(own)}`;
  return own.length > 1 && rest.length ? [named, ...rest.slice(0, -1), `${words.or_} ${rest.at(-1)}`].join(", ")
    : either([named, ...rest]);
}

const MOST_NAMED = 5, MOST_ON_MAP = 8;

/** Return what a decision came to, in a few words; and what more is to be said of it. */
function answerOf(decision, verdict) {
  const { id } = decision, saidOf = decisionsSaid[id];
  const reasons = decision.rules.filter((rule) => verdict.rules.includes(rule.id));
  const reason = reasons.length === 1 ? in_(reasons[0].reason) : "";
  if (verdict.reason === "contradiction") return [words.answer.unclear];
  if (verdict.status === "not_applicable") return [saidOf.none, in_(decision.not_applicable_because)];
  if (verdict.status === "insufficient") {
    const told = verdict.possible.length <= MOST_NAMED || !isLong(saidOf);
    const possible = told ? fill(words.could_be, { possible: couldBe(id, verdict.possible) }) : "";
    return [saidOf.finding ? words.answer.unknown : words.answer.insufficient, possible];
  }
  if (verdict.status === "review") {
    const some = verdict.candidates, one = some.length === 1;
    const named = fill(one ? words.choose_look : words.choose, { candidates: some.length && couldBe(id, some) });
    return [some.length ? named : words.answer.review, reason || words.no_choice];
  }
  const outcome = decision.outcomes.find((one) => one.id === verdict.outcome), { statement, explain, full } =
    saidOf.outcomes[verdict.outcome];
  return saidOf.finding && statement ? [statement, explain ?? ""] : [full, in_(outcome.description), reason];
}

/** Return whether outcomes go by more than a letter or two. */
const isLong = ({ outcomes }) => Object.values(outcomes).some((one) => one.short === one.full);

const LOOKS = { insufficient: "ask", review: "person", not_applicable: "finding" };

function verdictCard(decision, verdict, isFirst) {
  const { id } = decision, { question, quiet, finding } = decisionsSaid[id];
  const [big, ...texts] = answerOf(decision, verdict);
  const brief = verdict.status === "not_applicable" || (finding && (verdict.outcome ?? "") === quiet);
  const look = verdict.reason === "contradiction" ? "ask" : LOOKS[verdict.status] ?? (finding ? "finding" : "");
  return element("article", {
    class: `panel ${look}${brief ? " brief" : ""}`, "data-decision": id, "data-status": verdict.status,
    "data-outcome": verdict.outcome ?? "", "data-possible": verdict.possible.join(" "),
  },
  element("h3", { class: "over" }, question), paragraph(big, "big"),
  // What repeats itself is told once.
  [...new Set(texts)].map((text) => paragraph(text)), isFirst && outcomeMap(decision, verdict),
  paragraph(because(decision, verdict), "small"), paragraph(hangsOn(verdict), "small"));
}

/** Return the answers that alone settle a decision; of one that is not settled there are none. */
function reasonFor({ id }, { status, reason }) {
  const settled = status !== "insufficient" && reason !== "contradiction";
  return settled ? rules.because(id, profileOf(answers)) : undefined;
}

function because(decision, verdict) {
  const some = reasonFor(decision, verdict) ?? [];
  const told = some.map((one) => fill(words.fact_and_value, {
    fact: label(one), value: answerInWords(answers.find((other) => other.fact === one)) }));
  return told.length ? fill(words.because, { facts: both(told) }) : "";
}

/** Return what a decision still depends on in one line, however much it is. */
function hangsOn({ missing }) {
  const [one, two, ...more] = missing;
  if (!missing.length) return "";
  const rest = more.length && fill(words.more[Number(more.length > 1)], { count: more.length });
  const named = [one, two].filter(Boolean).map((id) => quoted(label(id)));
  return fill(words.hangs_on, { facts: both([...named, ...(rest ? [rest] : [])]) });
}

function outcomeMap({ id }, verdict) {
  const named = Object.entries(decisionsSaid[id].outcomes);
  if (named.length > MOST_ON_MAP || verdict.reason === "contradiction" || verdict.status === "not_applicable") return null;
  const state = (key) => (key === verdict.outcome ? ["here", words.tag.here]
    : verdict.candidates.includes(key) ? ["maybe", words.tag.maybe]
      : verdict.possible.includes(key) ? ["maybe", words.tag.possible] : ["out", ""]);
  return element("ol", { class: "map", "aria-label": words.map_label }, named.map(([key, { short, who }]) => {
    const [kind, tag] = state(key);
    return element("li", { class: kind, "aria-current": kind === "here" && "true" },
      element("span", { class: "name" }, short), who && element("span", { class: "who" }, who),
      tag && element("span", { class: "tag" }, tag));
  }));
}

function flagList(flags) {
  const labels = flags.map((id) => [id, rules.artefact.flags.find((one) => one.id === id)]);
  return labels.length ? [element("h3", {}, words.heading_flags),
    element("ul", {}, labels.map(([id, one]) => element("li", { "data-flag": id }, `${firstUp(in_(one.label))}`))),
    paragraph(words.flags_note, "small soft")] : [];
}

// What does not go together

/** Return the constraints that a clash breaks: those that are about all of its facts. */
function broken(conflict) {
  const whole = constraints.filter(({ facts }) => conflict.every((id) => facts.includes(id)));
  const some = constraints.filter(({ facts }) => conflict.some((id) => facts.includes(id)));
  return (whole.length ? whole : some).map(({ sentence }) => sentence);
}

function clashes() {
  const found = rules.conflicts(profileOf(answers)), ids = [...new Set(found.flat())];
  $("clash").hidden = !found.length;
  if (!found.length) return;
  const told = ids.map((id) => fill(words.fact_and_value, {
    fact: label(id), value: answerInWords(answers.find((one) => one.fact === id)) }));
  $("clash").replaceChildren(element("h2", { id: "clash-heading" }, words.clash),
    element("ul", {}, told.map((text) => element("li", {}, firstUp(text)))),
    ...[...new Set(found.flatMap(broken))].map((text) => paragraph(text)), paragraph(words.clash_help),
    element("div", { class: "buttons" }, ids.map((id) => button(
      fill(words.change_of, { fact: label(id) }), () => change(id), { "data-change": id }))));
}

// Checking what is shown

/** Have another program confirm, from the rules themselves, what stands there of each decision. */
function check() {
  const profile = profileOf(answers), { verdicts } = rules.classify(profile);
  const checked = new Checking.Rules(read("rules")), found = { refused: [], large: [] };
  const known = rules.read(profile).map(({ may, whole }) => (
    whole ? null : [...may.keys()].filter((cell) => may[cell])));
  for (const decision of rules.artefact.decisions) {
    const { id } = decision, verdict = verdicts[id], clash = verdict.reason === "contradiction";
    try {
      Checking.confirmAdvice(checked, {
        decision: id, known, possible: clash ? [] : verdict.possible, because: reasonFor(decision, verdict),
      });
    } catch (error) {
      found[error instanceof Checking.Refused ? "refused" : "large"].push(quoted(decisionsSaid[id].label));
    }
  }
  const { refused, large } = found;
  $("checked").className = refused.length || large.length ? "small unmet" : "small met";
  $("checked").textContent = [
    refused.length && fill(words.check_refused, { decisions: both(refused) }),
    large.length && fill(words.check_large, { decisions: both(large) }),
  ].filter(Boolean).join(" ") || words.check_confirmed;
}

// The page

function answerRows() {
  return answers.map((one) => element("tr", { "data-fact": one.fact, "data-value": JSON.stringify(one.value) },
    element("th", { scope: "row" }, label(one.fact)), element("td", {}, answerInWords(one)),
    element("td", { class: "act" }, button(words.change, () => change(one.fact),
      { "aria-label": fill(words.change_of, { fact: label(one.fact) }), "data-change": one.fact }))));
}

function progress(verdicts, ask) {
  const all = Object.values(verdicts);
  const settled = all.filter((one) => one.status !== "insufficient" && one.reason !== "contradiction").length;
  const place = answers.findIndex((one) => one.fact === ask);
  const which = fill(words.question, { number: place < 0 ? answers.length + 1 : place + 1 });
  const stands = fill(words.settled[Math.min(settled, 2)], { settled, all: all.length });
  return ask === null ? "" : `${which} · ${stands}`;
}

function show(moves) {
  const profile = profileOf(answers), { verdicts, flags } = rules.classify(profile);
  const ask = again ?? rules.next(profile, asked())?.fact ?? null;
  const { decisions, facts } = rules.artefact;
  const first = decisions.find(({ id }) => !decisionsSaid[id].finding && verdicts[id].status !== "not_applicable");
  const end = ask === null ? endOf(Object.values(verdicts)) : null;
  $("card").replaceChildren(end ? endCard(end) : questionCard(ask));
  $("progress").textContent = progress(verdicts, ask);
  clashes();
  $("verdicts").replaceChildren(...decisions.map((one) => verdictCard(one, verdicts[one.id], one === first)));
  $("flags").replaceChildren(...flagList(flags));
  $("answers").replaceChildren(...answerRows());
  const special = answers.filter((one) => fact(one.fact).special_category).length;
  $("asked").textContent = `${firstUp(fill(words.asked, { asked: answers.length, facts: facts.length, special }))}.`;
  $("advice-heading").textContent = end === "settled" ? words.heading_final : words.heading_advice;
  $("ask").hidden = $("advice").hidden = false;
  $("checked").textContent = "";
  $("given").hidden = answers.length === 0;
  document.body.classList.toggle("begun", answers.length > 0);
  $("given").querySelector("details").open = false;
  if (moves) $("question").focus();
}

$("again").onclick = startAgain;
$("check").onclick = check;
// A page that the browser kept in memory comes back empty.
addEventListener("pageshow", (event) => { if (event.persisted) startAgain(); });
show(false);
