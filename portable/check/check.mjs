// Confirms what a certificate of routeengine says: for node and browsers, without dependencies.
//
//     node check.mjs DIR
//
// DIR holds rules.json, certificate.json and artefact.json. Exit status: 0 all is confirmed; 1 something is
// refused, or not total, or not certified; 2 the files cannot be read.
//
// In a page, where somebody was just advised (README.md beside this file):
//
//     const rules = new Rules(JSON.parse(text));          // of rules.json
//     const { because, boxes } = confirmAdvice(rules, { decision, known, possible });
//
// Nothing of the program that made the certificate is believed. A *box* gives each fact a set of cells:
// values that no condition tells apart. On a box, conditions are worked out by strong Kleene logic: true and
// false are said only where all full profiles of the box agree, and null where they may differ. A *tree*
// splits a box into smaller ones: that no split leaves anything out, and that the claim holds on each of the
// last ones, is what is confirmed here. check_rules.py and check_artefact.py say the same in Python.

const RULES = "routeengine/rules/1", CERTIFICATE = "routeengine/certificate/1", ARTEFACT = "routeengine/artefact/1";
const MOST_STEPS = 250_000, MOST_PLACES = 1_000_000, MOST_LOOKS = 20_000, DEEPEST = 1_000;
const LARGEST = Number.MAX_SAFE_INTEGER;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const NO_TREES = { couplings: [], decisions: {}, wins: {}, flags: {} };
const IMPOSSIBLE = 0, FALSE = 1, TRUE = 2;

/** A file is not what it should be, so that nothing can be said of it. */
export class Unreadable extends Error {}

/** A claim does not hold. */
export class Refused extends Error {}

// Reading

function need(condition, message) {
  if (!condition) throw new Unreadable(message);
}

function whole(value, low = 0, high = LARGEST) {
  need(Number.isInteger(value) && low <= value && value <= high, "a whole number is not as it should be");
  return value;
}

function text(value) {
  need(typeof value === "string", "a text is not as it should be");
  return value;
}

/** Return a name: nothing that could be taken for another line, or for a sign to a terminal. */
function nameOf(value) {
  need(NAME.test(text(value)), "a name is not as it should be");
  return value;
}

function items(value, read) {
  need(Array.isArray(value), "a list is not as it should be");
  return value.map((one) => read(one));
}

function objectOf(value) {
  const is = typeof value === "object" && value !== null && !Array.isArray(value);
  need(is, "an object is not as it should be");
  return value;
}

function has(value, key) {
  return Object.hasOwn(objectOf(value), key);
}

function get(value, key) {
  need(typeof value === "object" && value !== null && !Array.isArray(value) && has(value, key),
    `there is no \`${key}\` where there should be`);
  return value[key];
}

function byId(values) {
  const found = new Map(items(values, objectOf).map((one) => [nameOf(get(one, "id")), one]));
  need(found.size === values.length, "an id appears twice");
  return found;
}

function mapped(map, change) {
  return new Map([...map].map(([key, one]) => [key, change(one)]));
}

/** Return the values of an object that was read from JSON, by their keys. */
function entries(value, read) {
  return new Map(Object.entries(objectOf(value)).map(([key, one]) => [key, read(one)]));
}

/** Return whether two values are the same in JSON, in whatever order their keys stand. */
function alike(one, other) {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length
    && keys.every((key) => Object.hasOwn(other, key) && alike(one[key], other[key]));
}

/** Return what a text holds as JSON, with whole numbers alone; 1e3 is one here, and in Python it is not. */
export function parse(data) {
  const fraction = (key, value) => {
    if (typeof value === "number" && !Number.isInteger(value)) throw new Unreadable("this is not JSON with whole numbers");
    return value;
  };
  try {
    return JSON.parse(data, fraction);
  } catch {
    throw new Unreadable("this is not JSON with whole numbers");
  }
}

// Facts

class Fact {
  constructor(number, data) {
    this.number = number;
    this.id = text(get(data, "id"));
    this.sensitivity = whole(get(data, "sensitivity"), 0, 3);
    this.domain = objectOf(get(data, "domain"));
    this.size = whole(sizeOf(this.domain), 1);
    this.asked = [];
    this.cells = [];
  }

  /** Work out the cells: runs of values that the same conditions allow. */
  part() {
    const edges = new Set([0, this.size]), cells = new Map();
    for (const [first, last] of this.asked.flat()) edges.add(first).add(last + 1);
    const sorted = [...edges].sort((one, other) => one - other);
    sorted.slice(0, -1).forEach((low, n) => {
      const allowedBy = this.asked.map((runs) => Number(isIn(low, runs))).join("");
      if (!cells.has(allowedBy)) cells.set(allowedBy, []);
      cells.get(allowedBy).push([low, sorted[n + 1] - 1]);
    });
    this.cells = [...cells.values()];
  }

  /** Return the cells that begin inside these runs; as they are told apart, all of each is. */
  mask(runs) {
    return maskOf([...this.cells.keys()].filter((n) => isIn(this.cells[n][0][0], runs)));
  }

  get full() {
    return (1n << BigInt(this.cells.length)) - 1n;
  }
}

function isIn(number, runs) {
  return runs.some(([first, last]) => first <= number && number <= last);
}

/** Return cells as the bits of one number. */
function maskOf(cells) {
  return cells.reduce((mask, cell) => mask | (1n << BigInt(cell)), 0n);
}

function sizeOf(domain) {
  const kind = text(get(domain, "is"));
  if (kind === "BooleanDomain") return 2;
  if (kind === "CategoryDomain") {
    const values = items(get(domain, "values"), text);
    need(new Set(values).size === values.length, "a value appears twice");
    return values.length;
  }
  const [first, last] = endsOf(domain);
  return last - first + 1;
}

/** Return the lowest and the highest value of a range, in steps from zero. */
function endsOf(domain) {
  const kind = text(get(domain, "is")), ends = [get(domain, "minimum"), get(domain, "maximum")];
  if (kind === "IntegerDomain") return ends.map((end) => whole(end, -LARGEST));
  if (kind === "DecimalDomain") {
    const places = whole(get(domain, "places"), 0, 6);
    return ends.map((end) => stepsOf(text(end), places));
  }
  need(kind === "DateDomain", "there is no such domain");
  return ends.map((end) => dayOf(text(end)));
}

/** Return a decimal number in steps of its last place: "12.50" with two places is 1250. */
function stepsOf(number, places) {
  const parts = /^(-?)(\d{1,16})(?:\.(\d{1,6}))?$/.exec(number), after = parts?.[3] ?? "";
  need(parts && after.length === places, "a number is not as it should be");
  const steps = Number(parts[2] + after);
  return whole(parts[1] ? 0 - steps : steps, -LARGEST);
}

/** Return the number of a day, where 1 January of the year 1 is 1. */
function dayOf(day) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day), date = new Date(0);
  need(parts, "a day is not as it should be");
  date.setUTCFullYear(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  need(date.toISOString().slice(0, 10) === day && parts[1] !== "0000", "a day is not as it should be");
  return date.getTime() / 86_400_000 + 719_163;
}

// Conditions

/** The fact has one of the values that are allowed. */
class FactIs {
  constructor(fact, allowed) {
    Object.assign(this, { fact, allowed, inside: 0n });
  }
}

/** At least `low` and at most `high` of the parts hold. */
class Count {
  constructor(low, high, parts) {
    Object.assign(this, { low, high, parts });
  }
}

/** The criterion with this name holds. */
class Named {
  constructor(name) {
    this.name = name;
  }
}

/** What the parts of a score that hold are worth together lies within bounds. */
class ScoreIs {
  constructor(name, low, high) {
    Object.assign(this, { name, low, high });
  }
}

/** An earlier decision comes to this: `kind` says whether `names` are outcomes, statuses or rules. */
class DecisionIs {
  constructor(name, kind, names) {
    Object.assign(this, { name, kind, names });
  }
}

const DECISION_WORDS = new Map([["OutcomeIs", "outcomes"], ["StatusIs", "statuses"], ["RuleIs", "rules"]]);

/** Leads to its target where its condition holds; `when` is null where no other rule applies. */
class Rule {
  constructor(data, read) {
    this.id = text(get(data, "id"));
    this.outranks = items(get(data, "outranks"), text);
    const when = get(data, "when"), then = get(data, "then");
    this.when = when === null ? null : read(when);
    this.target = typeof then === "string" ? then : items(get(then, "candidates"), text);
    this.targetKey = JSON.stringify(this.target);
    this.outrankedBy = new Set();
  }
}

/** One question that the rules answer. */
class Decision {
  constructor(data, read) {
    this.id = text(get(data, "id"));
    this.outcomes = [...byId(get(data, "outcomes")).keys()];
    const when = get(data, "applies_when");
    this.appliesWhen = when === null ? null : read(when);
    this.rules = [...byId(get(data, "rules")).values()].map((one) => new Rule(one, read));
    need(this.rules.filter((rule) => rule.when === null).length < 2, "`otherwise` appears twice");
    const named = this.rules.flatMap((rule) => rule.target);
    need(named.every((name) => this.outcomes.includes(name)), "a rule leads to what is no outcome");
    this.#rank();
  }

  /** Work out which rules outrank each, also by way of others. */
  #rank() {
    const rules = new Map(this.rules.map((rule) => [rule.id, rule]));
    for (const rule of this.rules) {
      const todo = [...rule.outranks], seen = new Set();
      while (todo.length) {
        const name = todo.pop();
        need(rules.has(name), "a rule outranks what is no rule of its decision");
        if (!seen.has(name)) {
          seen.add(name);
          rules.get(name).outrankedBy.add(rule.id);
          todo.push(...rules.get(name).outranks);
        }
      }
      need(!seen.has(rule.id), "a rule outranks itself");
    }
  }

  /** Return the verdict of winners with this one target. */
  leadsTo(target) {
    if (typeof target === "string") return ["decided", target, null, []];
    return ["review", null, "rule", this.outcomes.filter((name) => target.includes(name))];
  }
}

// Rules

/** A rule set that was read from rules.json: facts by number, and everything else by name. */
export class Rules {
  #leaves = [];
  #reads = new Map();

  constructor(data) {
    need(get(data, "form") === RULES, `this program reads ${RULES}`);
    this.id = nameOf(get(data, "id"));
    this.version = nameOf(get(data, "version"));
    this.facts = [...byId(get(data, "facts")).values()].map((one, number) => new Fact(number, one));
    this.fact = new Map(this.facts.map((fact) => [fact.id, fact]));
    const read = (one) => this.#condition(one, 0), when = (one) => read(get(one, "when"));
    this.criteria = mapped(byId(get(data, "criteria")), when);
    this.scores = mapped(byId(get(data, "scores")), (one) => items(
      get(one, "parts"), (part) => [when(part), whole(get(part, "worth"), -LARGEST)]));
    this.constraints = [...byId(get(data, "constraints")).values()].map((one) => read(get(one, "forbids")));
    this.decisions = mapped(byId(get(data, "decisions")), (one) => new Decision(one, read));
    this.flags = mapped(byId(get(data, "flags")), when);
    this.facts.forEach((fact) => fact.part());
    for (const leaf of this.#leaves) leaf.inside = this.facts[leaf.fact].mask(leaf.allowed);
    this.#checkReferences();
    this.couplings = this.#coupled();
  }

  #condition(data, depth) {
    const kind = text(get(data, "is")), inner = (part) => this.#condition(part, depth + 1);
    need(depth < DEEPEST, "a condition is nested too deep");
    if (kind === "FactIs") return this.#factIs(data);
    if (kind === "CriterionIs") return new Named(text(get(data, "criterion")));
    if (kind === "ScoreIs") {
      const [low, high] = [get(data, "low"), get(data, "high")].map(
        (bound) => (bound === null ? null : whole(bound, -LARGEST)));
      return new ScoreIs(text(get(data, "score")), low, high);
    }
    if (DECISION_WORDS.has(kind)) {
      const word = DECISION_WORDS.get(kind), names = items(get(data, word), text);
      return new DecisionIs(text(get(data, "decision")), word, names);
    }
    if (kind === "Not") return new Count(0, 0, [inner(get(data, "part"))]);
    const parts = items(get(data, "parts"), inner);
    if (kind === "All") return new Count(parts.length, parts.length, parts);
    if (kind === "Any") return new Count(1, parts.length, parts);
    need(kind === "AtLeast" || kind === "Exactly", "there is no such condition");
    const count = whole(get(data, "count"));
    return new Count(count, kind === "AtLeast" ? parts.length : count, parts);
  }

  #factIs(data) {
    const name = text(get(data, "fact"));
    need(this.fact.has(name), "a condition is about what is no fact");
    const fact = this.fact.get(name), allowed = items(get(data, "allowed"), (run) => items(run, (one) => whole(one)));
    let end = -2;
    for (const run of allowed) {
      const [first, last] = run;
      need(run.length === 2 && end + 1 < first && first <= last && last < fact.size, "values are not so");
      end = last;
    }
    fact.asked.push(allowed);
    this.#leaves.push(new FactIs(fact.number, allowed));
    return this.#leaves.at(-1);
  }

  /** Work out what everything reads, which finds names that are not there, and circles. */
  #checkReferences() {
    for (const kind of ["criterion", "score", "decision"]) {
      for (const name of this.#of(kind).keys()) this.#readsOf(kind, name, 0);
    }
    for (const condition of [...this.constraints, ...this.flags.values()]) this.reads(condition);
  }

  #of(kind) {
    return { criterion: this.criteria, score: this.scores, decision: this.decisions }[kind];
  }

  /** Return the facts that a condition reads, by number, also by way of others. */
  reads(condition, depth = 0) {
    need(depth < DEEPEST, "conditions refer to each other too deep");
    if (condition instanceof FactIs) return new Set([condition.fact]);
    if (condition instanceof Count) return united(condition.parts.map((part) => this.reads(part, depth + 1)));
    const kind = condition instanceof Named ? "criterion" : condition instanceof ScoreIs ? "score" : "decision";
    return this.#readsOf(kind, condition.name, depth + 1);
  }

  #readsOf(kind, name, depth) {
    const key = `${kind} ${name}`;
    if (!this.#reads.has(key)) {
      this.#reads.set(key, null); // until it is known
      this.#reads.set(key, united(this.#conditionsOf(kind, name).map((one) => this.reads(one, depth + 1))));
    }
    need(this.#reads.get(key) !== null, "something refers to itself");
    return this.#reads.get(key);
  }

  #conditionsOf(kind, name) {
    need(this.#of(kind).has(name), `there is no such ${kind}`);
    const one = this.#of(kind).get(name);
    if (kind === "criterion") return [one];
    if (kind === "score") return one.map(([when]) => when);
    return [one.appliesWhen, ...one.rules.map((rule) => rule.when)].filter((when) => when !== null);
  }

  /** Group the constraints by the facts that they share. */
  #coupled() {
    let groups = [];
    for (const forbidden of this.constraints) {
      let facts = this.reads(forbidden), some = [forbidden];
      const apart = [];
      for (const group of groups) {
        if (meets(group.facts, facts)) {
          facts = united([group.facts, facts]);
          some = [...group.constraints, ...some];
        } else apart.push(group);
      }
      groups = [...apart, { facts, constraints: some }];
    }
    return groups;
  }

  /** Return the couplings that have a fact in common with these, by number. */
  touching(facts) {
    return [...this.couplings.keys()].filter((n) => meets(this.couplings[n].facts, facts));
  }

  /** Return the constraints that are coupled to some fact which a condition reads. */
  bearingOn(condition) {
    return this.touching(this.reads(condition)).flatMap((n) => this.couplings[n].constraints);
  }

  /** The box of all profiles. */
  get everything() {
    return this.facts.map((fact) => fact.full);
  }
}

function united(sets) {
  return new Set(sets.flatMap((some) => [...some]));
}

function meets(one, other) {
  return [...one].some((element) => other.has(element));
}

function replaced(box, fact, cells) {
  return box.map((mask, number) => (number === fact ? cells : mask));
}

function without(elements, element) {
  return elements.filter((one) => one !== element);
}

function sorted(numbers) {
  return [...numbers].sort((one, other) => one - other);
}

// Strong Kleene logic on a box

/** Return whether what lies from `least` to `most` lies within bounds; null where it may. */
function within(least, most, low, high) {
  const from = low ?? least, to = high ?? most;
  if (from <= least && most <= to) return true;
  return most < from || least > to ? false : null;
}

/** The rules on one box: nothing is worked out twice. */
class Look {
  constructor(rules, box) {
    Object.assign(this, { rules, box, known: new Map() });
  }

  #once(key, find) {
    if (!this.known.has(key)) this.known.set(key, find());
    return this.known.get(key);
  }

  /** Return whether a condition holds on all profiles of the box, on none, or null. */
  truth(condition) {
    if (condition instanceof FactIs) {
      const here = this.box[condition.fact], inside = here & condition.inside;
      return inside === here ? true : inside ? null : false;
    }
    if (condition instanceof Count) {
      let sure = 0, open = 0;
      for (const part of condition.parts) {
        const truth = this.truth(part);
        if (truth) sure++;
        else if (truth === null) open++;
      }
      return within(sure, sure + open, condition.low, condition.high);
    }
    const { name } = condition;
    if (condition instanceof Named) return this.#once(`criterion ${name}`, () => this.truth(this.rules.criteria.get(name)));
    if (condition instanceof ScoreIs) return within(...this.score(name), condition.low, condition.high);
    const decided = this.decide(name);
    if (condition.kind === "rules") {
      const truths = condition.names.map((rule) => decided.wins.get(rule) ?? (decided.wins.has(rule) ? null : false));
      return truths.includes(true) ? true : truths.includes(null) ? null : false;
    }
    const at = condition.kind === "outcomes" ? 1 : 0;
    const truths = new Set([...decided.keys.values()].map((key) => condition.names.includes(key[at])));
    return truths.size === 1 ? [...truths][0] : null;
  }

  /** Return the least and the most that a score can come to. */
  score(name) {
    return this.#once(`score ${name}`, () => {
      let least = 0, most = 0;
      for (const [when, worth] of this.rules.scores.get(name)) {
        const truth = this.truth(when);
        if (truth || (truth === null && worth < 0)) least += worth;
        if (truth || (truth === null && worth > 0)) most += worth;
      }
      return [least, most];
    });
  }

  /** Return whether nothing that is forbidden is so. */
  holds(constraints) {
    const truths = constraints.map((forbidden) => this.truth(forbidden));
    return truths.includes(true) ? false : truths.includes(null) ? null : true;
  }

  decide(name) {
    return this.#once(`decision ${name}`, () => new Decided(this.rules.decisions.get(name), this));
  }
}

/**
 * What a decision comes to on a box. `verdict` is its status, outcome, reason and candidates, or null where
 * it is open; `keys` are the statuses and outcomes that may come; `wins` says of each rule whether it wins.
 */
class Decided {
  constructor(decision, look) {
    this.decision = decision;
    this.applies = decision.appliesWhen === null ? true : look.truth(decision.appliesWhen);
    this.wins = new Map(decision.rules.map((rule) => [rule.id, false]));
    this.verdict = ["not_applicable", null, null, []];
    this.keys = new Map([["not_applicable", ["not_applicable", null]]]);
    if (this.applies !== false) this.#settle(this.#applying(look));
  }

  /** Return of each rule whether it applies: `otherwise` where no other does. */
  #applying(look) {
    const { rules } = this.decision;
    const found = new Map(rules.filter((rule) => rule.when).map((rule) => [rule.id, look.truth(rule.when)]));
    const others = [...found.values()];
    for (const rule of rules) {
      if (!rule.when) found.set(rule.id, others.includes(true) ? false : others.includes(null) ? null : true);
    }
    return found;
  }

  #settle(applying) {
    const { rules } = this.decision, may = new Map(), sure = new Set();
    for (const rule of rules) {
      const above = [...rule.outrankedBy].map((other) => applying.get(other));
      let wins = null;
      if (applying.get(rule.id) === false || above.includes(true)) wins = false;
      else if (applying.get(rule.id) && this.applies && !above.includes(null)) wins = true;
      this.wins.set(rule.id, wins);
      if (wins !== false) may.set(rule.targetKey, rule.target);
      if (wins) sure.add(rule.targetKey);
    }
    // None wins where none applies; where one does, one that none outranks wins.
    const gap = ![...applying.values()].includes(true) && rules.every((rule) => rule.when);
    this.#say([...may.values()], sure, gap);
  }

  /** Settle the verdict by targets that may win, that surely do, and whether none may. */
  #say(may, sure, gap) {
    const review = ["review", null];
    let verdict = null, keys = may.map((target) => this.decision.leadsTo(target).slice(0, 2));
    if (gap || may.length > 1) keys.push(review);
    if (gap && !may.length) verdict = ["review", null, "gap", []];
    else if (sure.size > 1) [verdict, keys] = [["review", null, "overlap", []], [review]];
    else if (!gap && may.length === 1) verdict = this.decision.leadsTo(may[0]);
    const told = keys.map((key) => [key[1] ?? key[0], key]);
    this.keys = new Map(this.applies ? told : [...told, ...this.keys]);
    this.verdict = this.applies ? verdict : null;
  }

  /** What may come, each by its outcome or else its status. */
  get names() {
    return [...this.keys.keys()];
  }
}

// Certificates

/** A certificate that was read: trees, and what is claimed of advice that was given. */
export class Certificate {
  constructor(data, rules) {
    need(get(data, "form") === CERTIFICATE, `this program reads ${CERTIFICATE}`);
    this.rules = rules;
    this.nodes = [];
    for (const node of items(get(data, "nodes"), (one) => one)) this.nodes.push(this.#node(node));
    const trees = objectOf(has(data, "trees") ? data.trees : NO_TREES), tree = (one) => this.tree(one);
    this.couplings = items(get(trees, "couplings"), (one) => (one === null ? null : tree(one)));
    [this.decisions, this.wins, this.flags] = ["decisions", "wins", "flags"].map((key) => entries(get(trees, key), tree));
    this.isOfRules = has(data, "trees");
    this.tooLarge = items(get(data, "too_large"), text);
    this.explanations = has(data, "explanations") ? items(data.explanations, objectOf) : [];
    this.questions = has(data, "questions") ? items(data.questions, objectOf) : [];
    this.boxes = 0;
  }

  #node(node) {
    need(Array.isArray(node) && node.length % 2 === 1, "a split is not as it should be");
    const fact = whole(node[0], 0, this.rules.facts.length - 1), parts = [];
    for (let n = 1; n < node.length; n += 2) parts.push([this.cells(fact, node[n]), this.tree(node[n + 1])]);
    return { fact, parts };
  }

  /** Read the number of a tree: 0 splits nothing, and others split by ones before them. */
  tree(number) {
    return whole(number, 0, this.nodes.length);
  }

  /** Read cells of a fact, by number. */
  cells(fact, numbers) {
    const last = this.rules.facts[fact].cells.length - 1;
    return maskOf(items(numbers, (one) => whole(one, 0, last)));
  }

  /** Read a full profile: one cell of each fact. */
  profile(cells) {
    need(Array.isArray(cells) && cells.length === this.rules.facts.length, "a profile is not so");
    return cells.map((cell, fact) => this.cells(fact, [cell]));
  }

  /** Yield the boxes that a tree splits a box into; refuse a split that leaves something out. */
  * lastBoxes(tree, start) {
    const todo = [[tree, start]];
    for (let steps = 1; todo.length; steps++) {
      const [number, box] = todo.pop();
      if (steps > MOST_STEPS) throw new Refused("a tree has too many splits");
      if (number === 0) {
        this.boxes++;
        yield box;
        continue;
      }
      const { fact, parts } = this.nodes[number - 1];
      let left = box[fact];
      for (const [cells, below] of parts) {
        if (box[fact] & cells) todo.push([below, replaced(box, fact, box[fact] & cells)]);
        left &= ~cells;
      }
      if (left) throw new Refused("a split leaves something out");
    }
  }
}

// Claims

/** Return whether a decision can come to a gap or to an overlap: neither if it is right. */
export function findingsOf(certificate, name) {
  const { rules } = certificate, found = new Set();
  const constraints = rules.bearingOn(new DecisionIs(name, "rules", []));
  for (const box of certificate.lastBoxes(certificate.decisions.get(name), rules.everything)) {
    const look = new Look(rules, box), { verdict } = look.decide(name);
    const faulty = verdict !== null && ["gap", "overlap"].includes(verdict[2]);
    if (verdict !== null && !faulty) continue;
    const holds = look.holds(constraints);
    if (holds === null || (holds && verdict === null)) throw new Refused(`decision ${name}: a box is not settled`);
    if (holds) found.add(verdict[2]);
  }
  return [...found].sort();
}

function knownOf(certificate, claim) {
  const { rules } = certificate, known = get(claim, "known");
  need(Array.isArray(known) && known.length === rules.facts.length, "what is known is not so");
  return known.map((some, number) => (some === null ? rules.facts[number].full : certificate.cells(number, some)));
}

function numbersOf(rules, names) {
  need(items(names, text).every((name) => rules.fact.has(name)), "there is no such fact");
  return names.map((name) => rules.fact.get(name).number);
}

function decisionOf(rules, claim) {
  const name = text(get(claim, "decision"));
  need(rules.decisions.has(name), "there is no such decision");
  return name;
}

function outcomesOn(rules, name, profile) {
  const look = new Look(rules, profile);
  return { names: look.decide(name).names, holds: look.holds(rules.constraints) };
}

function agrees(profile, known, facts) {
  return facts.every((n) => profile[n] & known[n]);
}

/**
 * Confirm what was said of one decision for one client: `because` alone leaves only what is `possible`; each
 * of those really is, as a witness shows that agrees with all that is known; and without any one fact of
 * `because` something else could come. What is possible is empty where those facts cannot stand together.
 */
export function checkExplanation(certificate, claim) {
  const { rules } = certificate, name = decisionOf(rules, claim);
  const known = knownOf(certificate, claim), possible = items(get(claim, "possible"), text);
  const because = numbersOf(rules, get(claim, "because"));
  need(known.every(Boolean), "what is known leaves nothing");
  const start = known.map((mask, n) => (because.includes(n) ? mask : rules.facts[n].full));
  for (const box of certificate.lastBoxes(certificate.tree(get(claim, "tree")), start)) {
    const look = new Look(rules, box), within_ = look.decide(name).names.every((one) => possible.includes(one));
    if (!within_ && look.holds(rules.constraints) !== false) throw new Refused("the reason is not enough");
  }
  const witnesses = objectOf(get(claim, "witnesses")), minimal = objectOf(get(claim, "minimal"));
  for (const outcome of possible) {
    const profile = certificate.profile(get(witnesses, outcome));
    if (!agrees(profile, known, [...known.keys()])) throw new Refused("a witness is not of what is known");
    const { names, holds } = outcomesOn(rules, name, profile);
    if (!holds || names.length !== 1 || names[0] !== outcome) {
      throw new Refused("a witness does not show that its outcome is possible");
    }
  }
  for (const leftOut of because) {
    const profile = certificate.profile(get(minimal, rules.facts[leftOut].id));
    const others = because.filter((n) => n !== leftOut);
    if (!agrees(profile, known, others)) throw new Refused("a witness is not of the reason");
    const { names, holds } = outcomesOn(rules, name, profile);
    if (!holds || names.some((one) => possible.includes(one))) {
      throw new Refused("a witness does not show that the reason needs all its facts");
    }
  }
}

/**
 * Confirm why a question was asked: two full profiles agree with all that is known and on every fact that is
 * less sensitive, and come to different verdicts. So no answers to less sensitive ones could have settled it.
 */
export function checkQuestion(certificate, claim) {
  const { rules } = certificate, name = decisionOf(rules, claim), known = knownOf(certificate, claim);
  const [asked] = numbersOf(rules, [get(claim, "question")]);
  const both = ["first", "second"].map((key) => certificate.profile(get(claim, key)));
  const tier = rules.facts[asked].sensitivity;
  const less = rules.facts.filter((fact) => fact.sensitivity < tier);
  if (less.some(({ number }) => both[0][number] !== both[1][number])) {
    throw new Refused("a less sensitive answer could tell");
  }
  if (!both.every((profile) => agrees(profile, known, [...known.keys()]))) {
    throw new Refused("a witness is not of what is known");
  }
  const [one, other] = both.map((profile) => outcomesOn(rules, name, profile));
  if (!one.holds || !other.holds || String(one.names) === String(other.names)) {
    throw new Refused("two witnesses do not show that the question matters");
  }
}

/** Confirm all that a certificate says of the rules; return lines, and whether all is well. */
export function checkRules(certificate) {
  const lines = [];
  let well = true;
  for (const name of certificate.isOfRules ? certificate.rules.decisions.keys() : []) {
    if (!certificate.decisions.has(name)) {
      lines.push(`not certified: decision ${name}`);
      well = false;
      continue;
    }
    const found = findingsOf(certificate, name);
    lines.push(`decision ${name}: ${found.join(" and ") || "total and exclusive"}`);
    well &&= !found.length;
  }
  certificate.explanations.forEach((claim) => checkExplanation(certificate, claim));
  certificate.questions.forEach((claim) => checkQuestion(certificate, claim));
  lines.push(`explanations confirmed: ${certificate.explanations.length}`);
  lines.push(`questions confirmed: ${certificate.questions.length}`);
  if (!certificate.isOfRules) {
    lines.push(...certificate.tooLarge.map((what) => `not certified: ${what}`));
    well = !certificate.tooLarge.length;
  }
  return { lines, well };
}

// Artefacts

const KINDS = new Map([
  ["BooleanDomain", "boolean"], ["CategoryDomain", "category"], ["IntegerDomain", "integer"],
  ["DecimalDomain", "decimal"], ["DateDomain", "date"],
]);

/** An artefact that was read: its diagrams are ordered, so that no walk goes in circles. */
class Artefact {
  constructor(data, rules) {
    need(get(data, "form") === ARTEFACT, `this program reads ${ARTEFACT}`);
    this.rules = rules;
    this.facts = [...byId(get(data, "facts")).values()];
    this.ruleset = objectOf(get(data, "ruleset"));
    this.order = items(get(data, "order"), (one) => whole(one, 0, rules.facts.length - 1));
    this.place = new Map(this.order.map((fact, place) => [fact, place]));
    need(this.place.size === this.order.length, "a fact appears twice in the order");
    this.leaves = items(get(data, "leaves"), (one) => one);
    need(alike(this.leaves.slice(0, 3), [null, false, true]), "the first leaves are not null, false and true");
    for (const leaf of this.leaves.slice(3)) need(Array.isArray(leaf), "a leaf is not as it should be");
    this.nodes = [];
    for (const node of items(get(data, "nodes"), (one) => one)) this.nodes.push(this.#node(node));
    this.decisions = byId(get(data, "decisions"));
    this.flags = byId(get(data, "flags"));
    this.couplings = items(get(data, "couplings"), objectOf);
  }

  /** Read a node: a fact and a child for each of its cells, all of which are further on. */
  #node(node) {
    need(Array.isArray(node) && node.length, "a node is not as it should be");
    const fact = whole(node[0], 0, this.rules.facts.length - 1);
    need(this.place.has(fact), "a node is of a fact that has no place in the order");
    const children = node.slice(1).map((child) => this.number(child));
    need(children.length === this.rules.facts[fact].cells.length, "a node has other children");
    for (const child of children) need(this.depth(child) > this.place.get(fact), "nodes are not in order");
    return { fact, children };
  }

  /** Read the number of a leaf, or of a node that was read before. */
  number(value) {
    return whole(value, 0, this.leaves.length + this.nodes.length - 1);
  }

  /** Return the place of the fact that is asked there; leaves come last of all. */
  depth(number) {
    return number < this.leaves.length ? this.order.length : this.place.get(this.nodes[number - this.leaves.length].fact);
  }

  /** Return whether a leaf is what the rules say, or the one that stands elsewhere. */
  says(leaf, said, elsewhere) {
    if (elsewhere !== null) return leaf === elsewhere;
    return Array.isArray(said) ? alike(this.leaves[leaf], said) : leaf === (said ? TRUE : FALSE);
  }

  /** Yield the leaves that some diagrams come to together on the profiles of a box. */
  * ends(roots, box) {
    const todo = [roots], seen = new Set([roots.join()]);
    while (todo.length) {
      const now = todo.pop(), depths = now.map((number) => this.depth(number)), depth = Math.min(...depths);
      if (depth === this.order.length) {
        yield now;
        continue;
      }
      const fact = this.order[depth];
      for (let cell = 0; cell < this.rules.facts[fact].cells.length; cell++) {
        if (!(box[fact] >> BigInt(cell) & 1n)) continue;
        const after = now.map((n, at) => (depths[at] === depth ? this.nodes[n - this.leaves.length].children[cell] : n));
        const key = after.join();
        if (!seen.has(key)) {
          seen.add(key);
          todo.push(after);
        }
      }
      if (seen.size > MOST_PLACES) throw new Refused("diagrams are too large to be looked at together");
    }
  }
}

function expect(holds, message) {
  if (!holds) throw new Refused(message);
}

/** Confirm all that is no diagram: facts and their cells, names, targets, and what is read. */
function checkOutline({ rules, ruleset, facts, decisions, flags, couplings }) {
  expect(ruleset.id === rules.id && ruleset.version === rules.version, "it is of other rules");
  expect(alike(facts.map((one) => get(one, "id")), [...rules.fact.keys()]), "its facts are others");
  rules.facts.forEach((fact, n) => {
    expect(alike(get(facts[n], "cells"), fact.cells), `fact ${fact.id}: its cells are others`);
    expect(describes(facts[n], fact), `fact ${fact.id}: its values are others`);
  });
  expect(alike([...decisions.keys()], [...rules.decisions.keys()]), "its decisions are others");
  for (const [name, data] of decisions) checkNames(rules, rules.decisions.get(name), data);
  expect(alike([...flags.keys()], [...rules.flags.keys()]), "its flags are others");
  const wanted = rules.couplings.map((one) => sorted(one.facts));
  expect(alike(couplings.map((one) => get(one, "facts")), wanted), "its couplings are others");
}

/** Return whether an artefact numbers the values of a fact as its rules do. */
function describes(data, { domain, size }) {
  const kind = KINDS.get(domain.is), given = (of, key) => (has(of, key) ? of[key] : null);
  const ranged = kind !== "category" && kind !== "boolean";
  return alike(["kind", "size", "values", "first", "places"].map((key) => given(data, key)), [
    kind, size, kind === "category" ? domain.values : null, ranged ? endsOf(domain)[0] : null,
    ranged ? given(domain, "places") : null,
  ]);
}

function checkNames(rules, decision, data) {
  const outcomes = items(get(data, "outcomes"), objectOf).map((one) => get(one, "id"));
  expect(alike(outcomes, decision.outcomes), `decision ${decision.id}: its outcomes are others`);
  const told = items(get(data, "rules"), objectOf).map((one) => [get(one, "id"), get(one, "then")]);
  const wanted = decision.rules.map((rule) => [rule.id, rule.target]);
  expect(alike(told, wanted), `decision ${decision.id}: its rules are others`);
  const reads = sorted(rules.reads(new DecisionIs(decision.id, "rules", [])));
  expect(alike(get(data, "reads"), reads), `decision ${decision.id}: it reads other facts`);
}

/** The diagrams of an artefact beside the trees of a certificate. */
class Comparison {
  constructor(artefact, certificate) {
    this.artefact = artefact;
    this.certificate = certificate;
    this.rules = artefact.rules;
    this.roots = artefact.couplings.map((one) => artefact.number(get(one, "root")));
    this.missing = [];
  }

  /** Confirm every diagram; those without a tree are named in `missing`. */
  all() {
    const { rules, certificate, artefact } = this;
    rules.couplings.forEach(({ facts, constraints }, n) => {
      const names = sorted(facts).map((fact) => rules.facts[fact].id).join(", ");
      const holds = (look) => look.holds(constraints);
      this.same(`constraints on ${names}`, this.roots[n], certificate.couplings[n] ?? null, holds, new Set());
    });
    for (const [name, data] of artefact.decisions) this.decision(name, data);
    for (const [name, data] of artefact.flags) {
      const when = rules.flags.get(name), root = artefact.number(get(data, "root"));
      const tree = certificate.flags.get(name) ?? null;
      this.same(`flag ${name}`, root, tree, (look) => look.truth(when), rules.reads(when));
    }
  }

  /** Confirm what a decision comes to, and where each of its rules wins. */
  decision(name, data) {
    const { artefact, certificate } = this, reads = this.rules.reads(new DecisionIs(name, "rules", []));
    const root = artefact.number(get(data, "root")), tree = certificate.decisions.get(name) ?? null;
    this.same(`decision ${name}`, root, tree, (look) => look.decide(name).verdict, reads);
    for (const one of get(data, "rules")) {
      const wins = (look) => look.decide(name).wins.get(one.id), below = certificate.wins.get(one.id) ?? null;
      this.same(`rule ${one.id}`, artefact.number(get(one, "wins")), below, wins, reads, FALSE);
    }
  }

  /**
   * Confirm that a diagram says what the rules say, on each last box of a tree. `reads` are the facts that it
   * reads: where a constraint on one of those is broken, the diagram has to say `elsewhere`.
   */
  same(what, root, tree, value, reads, elsewhere = IMPOSSIBLE) {
    if (tree === null) {
      this.missing.push(what);
      return;
    }
    const touched = this.rules.touching(reads), roots = [root, ...touched.map((n) => this.roots[n])];
    const constraints = touched.flatMap((n) => this.rules.couplings[n].constraints);
    for (const box of this.certificate.lastBoxes(tree, this.rules.everything)) {
      const look = new Look(this.rules, box), said = value(look);
      if (said === null && look.holds(constraints) !== false) throw new Refused(`${what}: a box is not settled`);
      for (const [end, ...held] of this.artefact.ends(roots, box)) {
        if (!this.artefact.says(end, said, held.includes(FALSE) ? elsewhere : null)) {
          throw new Refused(`${what}: the diagram says otherwise than the rules`);
        }
      }
    }
  }
}

/** Confirm an artefact that was parsed; return the names of what has no tree. */
export function checkArtefact(data, certificate) {
  const artefact = new Artefact(data, certificate.rules);
  checkOutline(artefact);
  const comparison = new Comparison(artefact, certificate);
  comparison.all();
  return comparison.missing;
}

// Advice without a certificate: one is made here, and then checked as any other. How it is made needs no trust.

class Maker {
  constructor(rules) {
    this.rules = rules;
    this.nodes = [];
    this.looks = 0;
  }

  look(box) {
    if (++this.looks > MOST_LOOKS) throw new Unreadable("this is too large to be checked without a certificate");
    return new Look(this.rules, box);
  }

  /** Return the first comparison of a fact that is open, and bears on a condition. */
  openLeaf(look, condition) {
    if (condition === null || look.truth(condition) !== null) return null;
    if (condition instanceof FactIs) return condition;
    if (condition instanceof DecisionIs) return this.undecided(look, condition.name);
    if (condition instanceof Count) return this.first(look, condition.parts);
    if (condition instanceof Named) return this.openLeaf(look, this.rules.criteria.get(condition.name));
    return this.first(look, this.rules.scores.get(condition.name).map(([when]) => when));
  }

  first(look, conditions) {
    for (const one of conditions) {
      const leaf = this.openLeaf(look, one);
      if (leaf) return leaf;
    }
    return null;
  }

  /** Return a leaf that bears on what a decision comes to: what outranks most is looked at first. */
  undecided(look, name) {
    const decision = this.rules.decisions.get(name), { wins } = look.decide(name);
    const place = (rule) => (wins.get(rule.id) === null ? 0 : 1e6) + rule.outrankedBy.size;
    const rules = [...decision.rules].sort((one, other) => place(one) - place(other));
    return this.openLeaf(look, decision.appliesWhen) ?? this.first(look, rules.map((rule) => rule.when));
  }

  /** Return whether some profile of a box keeps to these constraints. */
  stands(box, constraints) {
    const look = this.look(box), holds = look.holds(constraints);
    if (holds !== null) return holds;
    return this.halves(look, this.first(look, constraints)).some(([, smaller]) => this.stands(smaller, constraints));
  }

  /** Return the facts in a smallest set whose known values cannot stand together, by number. */
  clashing(start) {
    const found = [];
    for (const { facts, constraints } of this.rules.couplings) {
      const clash = (some) => !this.stands(start(some), constraints), seen = new Set(), todo = [sorted(facts)];
      while (todo.length) {
        const some = todo.pop();
        if (seen.has(some.join())) continue;
        seen.add(some.join());
        let conflict = found.find((one) => one.every((fact) => some.includes(fact)));
        if (!conflict) {
          if (!clash(some)) continue;
          conflict = some.reduce((left, fact) => (clash(without(left, fact)) ? without(left, fact) : left), some);
          found.push(conflict);
        }
        todo.push(...conflict.map((fact) => without(some, fact)));
      }
    }
    return new Set(found.flat());
  }

  halves(look, leaf) {
    const here = look.box[leaf.fact];
    return [here & leaf.inside, here & ~leaf.inside].map((part) => [part, replaced(look.box, leaf.fact, part)]);
  }

  /** Return a tree on whose last boxes a decision comes to nothing else than what is possible, or null. */
  tree(name, box, possible) {
    const look = this.look(box), constraints = this.rules.constraints;
    const settled = look.decide(name).names.every((one) => possible.includes(one));
    if (settled || look.holds(constraints) === false) return 0;
    const leaf = this.undecided(look, name) ?? this.first(look, constraints);
    if (!leaf) return null;
    const node = [leaf.fact];
    for (const [part, smaller] of this.halves(look, leaf)) {
      const below = this.tree(name, smaller, possible);
      if (below === null) return null;
      node.push(cellsOf(part), below);
    }
    return this.nodes.push(node);
  }

  /** Return a full profile of a box that breaks nothing and comes to something `wanted`, or null. */
  witness(name, box, wanted) {
    const look = this.look(box), { names } = look.decide(name), holds = look.holds(this.rules.constraints);
    if (holds === false || !names.some(wanted)) return null;
    if (holds && names.every(wanted)) return box.map((mask) => cellsOf(mask)[0]);
    const leaf = (names.every(wanted) ? null : this.undecided(look, name)) ?? this.first(look, this.rules.constraints)
      ?? this.undecided(look, name);
    if (!leaf) return null;
    for (const [, smaller] of this.halves(look, leaf)) {
      const found = this.witness(name, smaller, wanted);
      if (found) return found;
    }
    return null;
  }
}

function cellsOf(mask) {
  return [...mask.toString(2)].reverse().flatMap((bit, cell) => (bit === "1" ? [cell] : []));
}

/** What is known, with the facts left out that clash: the advice counts those as unknown. */
function standing(rules, maker, known, masks) {
  const start = (some) => masks.map((mask, n) => (some.includes(n) ? mask : rules.facts[n].full));
  const clashing = maker.clashing(start);
  return known.map((some, n) => (clashing.has(n) ? null : some));
}

/**
 * Return a certificate of what was said of one decision: see `confirmAdvice`. Throws Refused where there is
 * none because it is not so.
 */
export function certifyAdvice(rules, { decision, known: given, possible, because }) {
  const name = decisionOf(rules, { decision }), maker = new Maker(rules);
  const empty = { form: CERTIFICATE, nodes: [], too_large: [] };
  const read = (known) => knownOf(new Certificate(empty, rules), { known });
  const known = possible.length ? standing(rules, maker, given, read(given)) : given, masks = read(known);
  const start = (some) => masks.map((mask, n) => (some.includes(rules.facts[n].id) ? mask : rules.facts[n].full));
  const enough = (some) => maker.tree(name, start(some), possible) !== null;
  let reason = because ?? rules.facts.filter((_, n) => known[n] !== null).map((fact) => fact.id);
  if (!enough(reason)) throw new Refused("the reason is not enough");
  if (because === undefined) {
    const tier = (id) => rules.fact.get(id).sensitivity;
    for (const id of [...reason].sort((one, other) => tier(other) - tier(one))) {
      if (enough(without(reason, id))) reason = without(reason, id);
    }
  }
  const found = (box, wanted, message) => {
    const profile = maker.witness(name, box, wanted);
    if (profile === null) throw new Refused(message);
    return profile;
  };
  const shown = (one) => found(masks, (other) => other === one, "an outcome is not possible");
  const needed = (id) => found(start(without(reason, id)), (other) => !possible.includes(other),
    "the reason needs not all its facts");
  maker.nodes = [];
  const tree = maker.tree(name, start(reason), possible);
  const witnesses = Object.fromEntries(possible.map((one) => [one, shown(one)]));
  const minimal = Object.fromEntries(reason.map((id) => [id, needed(id)]));
  const claim = { decision, known, possible, because: reason, tree, witnesses, minimal };
  return { ...empty, nodes: maker.nodes, explanations: [claim] };
}

/**
 * Confirm what was said of one decision for one client, from the rules alone: that just these outcomes (or
 * `review`, `not_applicable`) are `possible`, and that the facts in `because` alone are enough for it, and none
 * of them can be left out. `known` has, per fact in declared order, the numbers of the cells that it may be in,
 * or null for what is not known. Without `because` a smallest reason is looked for, with few sensitive facts.
 * Facts that clash count as unknown; `possible` is empty to confirm that there are such facts.
 *
 * Returns the reason, the certificate that was made and checked, and how many boxes it took. Throws Refused
 * where something is not so, and Unreadable where it is too large to be looked at.
 */
export function confirmAdvice(rules, advice) {
  const made = certifyAdvice(rules, advice), certificate = new Certificate(made, rules);
  const [claim] = certificate.explanations;
  checkExplanation(certificate, claim);
  return { because: claim.because, certificate: made, boxes: certificate.boxes };
}

// The command

/** Return what is found in a folder: lines, and the exit status. */
export async function checkFolder(folder) {
  try {
    const [lines, well] = await looked(folder);
    return { lines, status: well ? 0 : 1 };
  } catch (error) {
    if (error instanceof Refused) return { lines: [`refused: ${error.message}`], status: 1 };
    if (error instanceof RangeError) return { lines: ["cannot be read: it is nested too deep"], status: 2 };
    if (error instanceof Unreadable) return { lines: [`cannot be read: ${error.message}`], status: 2 };
    if (error.syscall === undefined) throw error;
    return { lines: [`cannot be read: ${error.path}`], status: 2 };
  }
}

async function looked(folder) {
  const { readFileSync } = await import("node:fs"), { createHash } = await import("node:crypto");
  const read = (name) => readFileSync(`${folder}/${name}`);
  // Of a file, but for a line end after all of it.
  const sha256 = (raw) => createHash("sha256").update(raw.at(-1) === 10 ? raw.subarray(0, -1) : raw).digest("hex");
  const raw = { rules: read("rules.json"), certificate: read("certificate.json") };
  const rules = new Rules(decoded(raw.rules)), data = decoded(raw.certificate);
  if (get(data, "rules_sha256") !== sha256(raw.rules)) throw new Refused("the certificate is of other rules");
  const certificate = new Certificate(data, rules), { lines, well } = checkRules(certificate);
  const told = [`rules: ${rules.id} ${rules.version}`, ...lines];
  const boxes = () => `boxes: ${certificate.boxes}`;
  if (!certificate.isOfRules) return [[...told, boxes()], well];
  if (get(data, "artefact_sha256") === null) {
    return [[...told, "not certified: there is no artefact", boxes()], false];
  }
  const artefact = read("artefact.json");
  if (data.artefact_sha256 !== sha256(artefact)) throw new Refused("the certificate is of another artefact");
  const missing = checkArtefact(decoded(artefact), certificate);
  told.push(...missing.map((what) => `not certified: ${what}`));
  told.push(`${missing.length ? "all else of the artefact" : "the artefact"} says what the rules say`);
  return [[...told, boxes()], well && !missing.length];
}

function decoded(raw) {
  let told;
  try {
    told = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new Unreadable("this is not JSON with whole numbers");
  }
  return parse(told);
}

async function main(folders) {
  const usage = "give the folder with rules.json, certificate.json and artefact.json";
  const { lines, status } = folders.length === 1 ? await checkFolder(folders[0]) : { lines: [usage], status: 2 };
  console.log(lines.join("\n"));
  return status;
}

// Run as a program, and not read by another one or by a page.
const program = typeof process === "undefined" ? undefined : process.argv?.[1];
if (program?.endsWith("check.mjs") && import.meta.url.endsWith("/check.mjs")) {
  process.exitCode = await main(process.argv.slice(2));
}
