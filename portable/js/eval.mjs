// Exact answers of one rule set from its artefact (form routeengine/artefact/1): for node and
// browsers, without dependencies.
//
// A node of the artefact is [fact, child of cell 0, child of cell 1, ...]. What is known of a client
// says which cells each fact may be in; the leaves that can be reached through those are what a
// decision can come to. Leaf 0 is impossible, 1 is false, 2 is true.

export const FORM = "routeengine/artefact/1";

const IMPOSSIBLE = 0, FALSE = 1, TRUE = 2;

/** A profile that cannot be read. `faults` has the fact and what is allowed, never what was given. */
export class ProfileError extends Error {
  constructor(faults) {
    super(faults.map(({ fact, message }) => `${fact}: ${message}`).join("\n"));
    this.name = "ProfileError";
    this.faults = faults;
  }
}

/** Return the evaluator of an artefact, which was parsed from JSON. */
export function load(artefact) {
  if (artefact?.form !== FORM) {
    throw new Error(`this evaluator reads ${FORM}, not ${artefact?.form}`);
  }
  return new Evaluator(artefact);
}

// Values

const DAY = 86_400_000;
/** The ordinal of 1 January 1970, where the first day of the year 1 is 1. */
const EPOCH = 719_163;

/** Return the number of days since the year 1 of a day as "2025-07-01", or NaN. */
function dayNumber(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!parts) return NaN;
  const [year, month, day] = parts.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // 30 February would be 1 or 2 March.
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year > 0;
  return same ? date.getTime() / DAY + EPOCH : NaN;
}

/** Return a day as text. */
function dayText(number) {
  return new Date((number - EPOCH) * DAY).toISOString().slice(0, 10);
}

/** Return a decimal number, as text or whole number, in steps of its last place, or NaN. */
function decimalSteps(value, places) {
  if (Number.isSafeInteger(value)) value = String(value);
  const parts = typeof value === "string" && /^(-?)(\d{1,16})(?:\.(\d{1,16}))?$/.exec(value);
  if (!parts) return NaN;
  const [, sign, whole, part = ""] = parts;
  // Never by way of a binary fraction: digits are moved, and what is left over has to be zeros.
  if (/[^0]/.test(part.slice(places))) return NaN;
  const steps = BigInt(whole + part.slice(0, places).padEnd(places, "0"));
  return steps <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sign ? -steps : steps) : NaN;
}

/** Return so many steps of the last place as text: 109171 with 2 places is "1091.71". */
function decimalText(steps, places) {
  const digits = String(Math.abs(steps)).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places), part = digits.slice(digits.length - places);
  return `${steps < 0 ? "-" : ""}${whole}${places ? `.${part}` : ""}`;
}

/** How the values of each kind of fact are numbered from 0, and what is allowed, in words. */
const KINDS = {
  boolean: {
    number: (fact, value) => (typeof value === "boolean" ? Number(value) : NaN),
    value: (fact, number) => number === 1,
    allowed: () => "true or false",
  },
  category: {
    number: (fact, value) => (typeof value === "string" ? fact.values.indexOf(value) : NaN),
    value: (fact, number) => fact.values[number],
    allowed: (fact) => `one of ${fact.values.join(", ")}`,
  },
  integer: {
    number: (fact, value) => (Number.isSafeInteger(value) ? value - fact.first : NaN),
    value: (fact, number) => fact.first + number,
    allowed: (fact) => `a whole number from ${fact.first} to ${fact.first + fact.size - 1}`,
  },
  decimal: {
    number: (fact, value) => decimalSteps(value, fact.places) - fact.first,
    value: (fact, number) => decimalText(fact.first + number, fact.places),
    allowed: (fact) => `a number from ${decimalText(fact.first, fact.places)} to ` +
      `${decimalText(fact.first + fact.size - 1, fact.places)}, as text`,
  },
  date: {
    number: (fact, value) => (typeof value === "string" ? dayNumber(value) - fact.first : NaN),
    value: (fact, number) => dayText(fact.first + number),
    allowed: (fact) => `a date from ${dayText(fact.first)} to ` +
      `${dayText(fact.first + fact.size - 1)}, as YYYY-MM-DD`,
  },
};

const RANGES = ["integer", "decimal", "date"];

class Unreadable extends Error {}

class Evaluator {
  constructor(artefact) {
    this.artefact = artefact;
    const { facts, leaves, nodes, order } = artefact;
    this.facts = facts;
    this.leaves = leaves;
    this.nodes = nodes;
    /** The number of each fact by its id. */
    this.numbers = new Map(facts.map((fact, number) => [fact.id, number]));
    /** Where each fact comes in the order of the diagrams. */
    this.depth = [];
    order.forEach((fact, place) => { this.depth[fact] = place; });
    /** Every cell of each fact. */
    this.every = facts.map((fact) => fact.cells.map(() => true));
  }

  /** Return the verdicts and flags for a profile. Throws ProfileError with every fault at once. */
  classify(profile) {
    return this.answer(this.read(profile));
  }

  // What is known

  /** Return what a profile says, per fact. Throws ProfileError. */
  read(profile) {
    const faults = [];
    const state = this.facts.map((fact, number) => {
      try {
        // Not profile[fact.id]: every object has a `constructor`.
        return this.#knowledge(number, Object.hasOwn(profile, fact.id) ? profile[fact.id] : null);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        faults.push({ fact: fact.id, message: error.message });
        return null;
      }
    });
    Object.keys(profile).forEach((key, place) => {
      if (this.numbers.has(key) || key === "client_id") return;
      // Where names and values were mixed up, what stands there is not told.
      const name = /^[A-Za-z_]\w{0,63}$/.test(key) ? key : `(key ${place + 1})`;
      faults.push({ fact: name, message: "is no fact of these rules" });
    });
    if (faults.length) throw new ProfileError(faults);
    return state;
  }

  /** Return what is known of a fact if it has a value in one of these ranges of numbers. */
  known(fact, ranges, marks = {}) {
    const touches = ([low, high]) => ranges.some(([first, last]) => first <= high && low <= last);
    const may = this.facts[fact].cells.map((cell) => cell.some(touches));
    return { may, whole: isWhole(ranges, this.facts[fact].size), ...marks };
  }

  #knowledge(number, given) {
    const fact = this.facts[number], whole = [[0, fact.size - 1]];
    if (given === undefined || given === null) return this.known(number, whole);
    if (typeof given !== "object") {
      const value = numberOf(fact, given);
      return this.known(number, [[value, value]]);
    }
    const [form, ...more] = Object.keys(given), some = form === undefined ? null : given[form];
    if (!more.length && form === "declined" && some === true) {
      return this.known(number, whole, { declined: true });
    }
    if (!more.length && form === "between") return this.known(number, [rangeOf(fact, some)]);
    if (!more.length && ["one_of", "conflicting"].includes(form) && some?.length) {
      const ranges = Array.from(some, (one) => (one?.between ? rangeOf(fact, one.between)
        : [numberOf(fact, one), numberOf(fact, one)]));
      const several = ranges.some(([low, high]) => low !== ranges[0][0] || high !== low);
      return this.known(number, ranges, { conflicting: form === "conflicting" && several });
    }
    throw new Unreadable(`must be ${KINDS[fact.kind].allowed(fact)}, or a form of partial knowledge`);
  }

  /** Return the number of the cell that the value with this number lies in. */
  cellOf(fact, number) {
    const inside = ([low, high]) => low <= number && number <= high;
    return this.facts[fact].cells.findIndex((cell) => cell.some(inside));
  }

  /** Return the value of a fact with this number, as a profile has it. */
  valueOf(fact, number) {
    return KINDS[this.facts[fact].kind].value(this.facts[fact], number);
  }

  // Walks

  #node(number) {
    return this.nodes[number - this.leaves.length];
  }

  /** Return the leaves below a root that some full profile reaches, the impossible one aside. */
  reach(root, may) {
    const seen = new Set([root]), found = new Set(), todo = [root];
    while (todo.length) {
      const number = todo.pop();
      if (number < this.leaves.length) {
        found.add(number);
        continue;
      }
      const [fact, ...children] = this.#node(number);
      children.forEach((child, cell) => {
        if (may[fact][cell] && !seen.has(child)) {
          seen.add(child);
          todo.push(child);
        }
      });
    }
    found.delete(IMPOSSIBLE);
    return found;
  }

  /** Return what a verdict is called in `possible`: its outcome, or else its status. */
  #key(leaf) {
    const [status, outcome] = this.leaves[leaf];
    return outcome ?? status;
  }

  /** Return what a decision can be, in the order of its outcomes. */
  possible(decision, may) {
    const seen = new Set([...this.reach(decision.root, may)].map((leaf) => this.#key(leaf)));
    const keys = [...decision.outcomes.map(({ id }) => id), "review", "not_applicable"];
    return keys.filter((key) => seen.has(key));
  }

  /**
   * Return whether two possible full profiles that differ in just these facts have different
   * verdicts. Pairs of nodes are walked side by side: by the same cell, but at those facts.
   */
  #differs(root, may, facts) {
    const last = Math.max(...[...facts].map((fact) => this.depth[fact] ?? -1));
    const level = (number) => (number < this.leaves.length ? Infinity
      : this.depth[this.#node(number)[0]]);
    const child = (number, at, cell) => (level(number) === at ? this.#node(number)[cell + 1] : number);
    const memo = new Map(), width = this.leaves.length + this.nodes.length;
    const walk = (one, other) => {
      const at = Math.min(level(one), level(other));
      if (one === IMPOSSIBLE || other === IMPOSSIBLE) return false;
      if (at === Infinity) return this.#key(one) !== this.#key(other);
      if (one === other && at > last) return false;
      const pair = one * width + other;
      if (!memo.has(pair)) {
        const fact = this.artefact.order[at];
        const cells = [...may[fact].keys()].filter((cell) => may[fact][cell]);
        const others = (cell) => (facts.has(fact) ? cells : [cell]);
        memo.set(pair, cells.some((cell) => others(cell).some(
          (elsewhere) => walk(child(one, at, cell), child(other, at, elsewhere)))));
      }
      return memo.get(pair);
    };
    return walk(root, root);
  }

  /**
   * Return the facts in a smallest set on which verdicts differ, in declared order. Facts that no
   * constraint ties together matter alone or not at all, so larger sets lie within a coupling.
   */
  #matter(decision, may) {
    const open = [...this.facts.keys()].filter(
      (fact) => this.depth[fact] !== undefined && may[fact].filter(Boolean).length > 1);
    const sets = open.filter((fact) => this.#differs(decision.root, may, new Set([fact])))
      .map((fact) => [fact]);
    const alone = new Set(sets.flat());
    for (const { facts } of this.artefact.couplings) {
      const pool = facts.filter((fact) => open.includes(fact) && !alone.has(fact));
      for (let size = 2; size <= pool.length; size++) {
        for (const some of subsets(pool, size)) {
          const holds = sets.some((smaller) => smaller.every((fact) => some.includes(fact)));
          if (!holds && this.#differs(decision.root, may, new Set(some))) sets.push(some);
        }
      }
    }
    return open.filter((fact) => sets.some((some) => some.includes(fact)));
  }

  /** Return, per cell that a fact may be in, what the decision could still be after that answer. */
  #leads(decision, may, fact) {
    const cells = [...may[fact].keys()].filter((cell) => may[fact][cell]);
    return cells.map((cell) => {
      const answered = may.slice();
      answered[fact] = may[fact].map((_, other) => other === cell);
      return { cell, possible: this.possible(decision, answered) };
    }).filter(({ possible }) => possible.length);
  }

  /**
   * Return every smallest set of facts of a coupling whose known values cannot stand together. Each
   * that is found is taken apart: what else clashes clashes without one of its facts.
   */
  #clashing(coupling, may) {
    const clash = (some) => !this.reach(
      coupling.root, may.map((cells, fact) => (some.includes(fact) ? cells : this.every[fact]))).has(TRUE);
    const found = [], seen = new Set(), todo = [coupling.facts];
    while (todo.length) {
      const some = todo.pop();
      if (seen.has(some.join())) continue;
      seen.add(some.join());
      let conflict = found.find((one) => one.every((fact) => some.includes(fact)));
      if (!conflict) {
        if (!clash(some)) continue;
        conflict = smallest(some, clash);
        found.push(conflict);
      }
      for (const fact of conflict) todo.push(some.filter((other) => other !== fact));
    }
    return found;
  }

  // Answers

  /** Return every smallest set of facts that cannot stand together, by number. */
  #conflicts(told) {
    return this.artefact.couplings.flatMap((coupling) => (
      this.reach(coupling.root, told).has(TRUE) ? [] : this.#clashing(coupling, told)));
  }

  /** Return every smallest set of facts that cannot stand together, by id. */
  conflicts(profile) {
    return this.#conflicts(this.read(profile).map(({ may }) => may))
      .map((facts) => facts.map((fact) => this.facts[fact].id));
  }

  /** Return what is known without the facts that clash: they count as unknown. */
  #standing(given, conflicts) {
    const clashing = new Set(conflicts.flat());
    return given.map((known, fact) => (
      clashing.has(fact) ? { may: this.every[fact], whole: true } : known));
  }

  /** Return the verdicts and flags for what is known, as `read` or `known` gives it per fact. */
  answer(given) {
    const conflicts = this.#conflicts(given.map(({ may }) => may));
    const state = this.#standing(given, conflicts);
    const may = state.map((known) => known.may);
    const verdicts = this.artefact.decisions.map(
      (decision) => [decision.id, this.#verdict(decision, state, may, conflicts)]);
    const flags = conflicts.length ? []
      : this.artefact.flags.map(({ id, root }) => [id, this.reach(root, may)]);
    return {
      verdicts: Object.fromEntries(verdicts),
      flags: flags.filter(([, seen]) => seen.has(TRUE) && !seen.has(FALSE)).map(([id]) => id),
      flags_possible: flags.filter(([, seen]) => seen.has(TRUE) && seen.has(FALSE)).map(([id]) => id),
    };
  }

  #verdict(decision, state, may, conflicts) {
    const possible = this.possible(decision, may);
    const verdict = {
      status: "insufficient", outcome: null, rule: null, rules: [], reason: null, candidates: [],
      possible, conflict: [], missing: [], leads: {},
    };
    const reads = (some) => some.some((fact) => decision.reads.includes(fact));
    const clash = new Set(conflicts.filter(reads).flat());
    if (clash.size && possible.join() !== "not_applicable") {
      const conflict = [...this.facts.keys()].filter((fact) => clash.has(fact))
        .map((fact) => this.facts[fact].id);
      return { ...verdict, status: "review", reason: "contradiction", possible: ["review"], conflict };
    }
    return possible.length > 1 ? this.#open(decision, state, may, verdict)
      : this.#settled(decision, may, verdict);
  }

  /** Return a verdict that can still be several, with the questions that are left, best first. */
  #open(decision, state, may, verdict) {
    const matter = this.#matter(decision, may);
    const asked = matter.filter((fact) => !state[fact].declined);
    const leads = new Map(asked.map((fact) => [fact, this.#leads(decision, may, fact)]));
    asked.sort((one, other) => byWorth(leads.get(one), leads.get(other)) || one - other);
    const missing = asked.map((fact) => this.facts[fact].id);
    const found = Object.fromEntries(asked.map((fact) => [this.facts[fact].id, leads.get(fact)]));
    if (!matter.some((fact) => state[fact].conflicting)) return { ...verdict, missing, leads: found };
    const candidates = this.#named(decision, this.#winners(decision, may));
    return {
      ...verdict, status: "review", reason: "conflicting_evidence", candidates, missing, leads: found,
    };
  }

  /** Return a verdict that can be just one thing. */
  #settled(decision, may, verdict) {
    const seen = [...this.reach(decision.root, may)].map((leaf) => this.leaves[leaf]);
    const winners = this.#winners(decision, may);
    const [[status, outcome, reason]] = seen;
    return {
      ...verdict, status, outcome,
      rules: winners.map(({ id }) => id),
      rule: winners.length === 1 && seen.every(([, , one]) => one !== "gap") ? winners[0].id : null,
      reason: seen.every(([, , one]) => one === reason) ? reason : null,
      candidates: status === "review" ? this.#named(decision, winners) : [],
    };
  }

  /** Return the rules that can win. */
  #winners(decision, may) {
    return decision.rules.filter(({ wins }) => this.reach(wins, may).has(TRUE));
  }

  /** Return the outcomes that rules lead to or propose, in declared order. */
  #named(decision, rules) {
    const named = new Set(rules.flatMap(({ then }) => then));
    return decision.outcomes.map(({ id }) => id).filter((id) => named.has(id));
  }

  /**
   * Return a smallest set of known facts that alone force what a decision can be, by id. The most
   * sensitive are left out first, so that it names as few of those as it can. What clashes counts as
   * unknown, as in the answer.
   */
  because(decision, profile) {
    const asked = this.#decision(decision);
    const given = this.read(profile);
    const state = this.#standing(given, this.#conflicts(given.map(({ may }) => may)));
    const possible = (some) => this.possible(asked, state.map(({ may }, fact) => (
      some.includes(fact) ? may : this.every[fact]))).join();
    const everything = [...this.facts.keys()], told = possible(everything);
    const some = everything.filter((fact) => !state[fact].whole)
      .sort((one, other) => this.#tier(other) - this.#tier(one) || one - other);
    return smallest(some, (less) => possible(less) === told)
      .sort((one, other) => one - other).map((fact) => this.facts[fact].id);
  }

  // Asking

  #decision(name) {
    return this.artefact.decisions.find(({ id }) => id === name);
  }

  #tier(fact) {
    return this.facts[fact].sensitivity ?? 0;
  }

  /**
   * Return what to ask next, as { decision, fact }, or null: of the first decision that has a
   * question the least sensitive, then the best, of equals one with the topic of the last question.
   * What only a constraint makes tell comes last. `asked` holds what was asked before, in order.
   */
  next(profile, asked = []) {
    const state = this.read(profile), { verdicts } = this.answer(state);
    for (const { id } of this.artefact.decisions) {
      const fact = this.#best(verdicts[id], asked);
      if (fact !== null) return { decision: id, fact };
    }
    return this.#fromAfar(state, verdicts, asked);
  }

  #best({ missing, leads }, asked) {
    const fact = (id) => this.facts[this.numbers.get(id)];
    const topic = asked.length ? fact(asked.at(-1)).topic : undefined;
    const strays = (id) => Number(topic === undefined || fact(id).topic !== topic);
    // The first of equals: `missing` has those in declared order.
    const better = (one, other) => this.#tier(this.numbers.get(one)) - this.#tier(this.numbers.get(other))
      || byWorth(leads[one], leads[other]) || strays(one) - strays(other);
    return missing.filter((id) => !asked.includes(id))
      .reduce((best, id) => (best === null || better(id, best) < 0 ? id : best), null);
  }

  /** Return a fact of which some answer narrows an open decision, by what constraints tie to it. */
  #fromAfar(state, verdicts, asked) {
    for (const decision of this.artefact.decisions) {
      const { status, possible } = verdicts[decision.id];
      if (status !== "insufficient") continue;
      const tied = this.artefact.couplings
        .filter(({ facts }) => facts.some((fact) => decision.reads.includes(fact)))
        // Nobody asks round a refusal.
        .filter(({ facts }) => !facts.some((fact) => state[fact].declined))
        .flatMap(({ facts }) => facts)
        .filter((fact) => !asked.includes(this.facts[fact].id))
        .sort((one, other) => this.#tier(one) - this.#tier(other));
      const narrows = (fact, cell) => {
        const may = this.every[fact].map((_, other) => other === cell);
        const told = state.map((known, other) => (other === fact ? { may, whole: may.length === 1 } : known));
        const verdict = this.answer(told).verdicts[decision.id];
        return verdict.reason !== "contradiction" && verdict.possible.length < possible.length
          && verdict.possible.every((key) => possible.includes(key));
      };
      const fact = tied.find((one) => state[one].may.some((here, cell) => here && narrows(one, cell)));
      if (fact !== undefined) return { decision: decision.id, fact: this.facts[fact].id };
    }
    return null;
  }

  /**
   * Return the values of a fact that may still be, in bands of neighbours: [first, last] by number.
   * Values of one band lead to the same, whatever else comes to be known; those of two may not.
   */
  bands(profile, id) {
    const state = this.read(profile), fact = this.numbers.get(id), may = state.map((known) => known.may);
    const runs = this.facts[fact].cells.flatMap((cell, number) => cell.map((run) => [...run, number]))
      .filter(([, , cell]) => may[fact][cell]).sort(([one], [other]) => one - other);
    // Where facts clash they count as unknown, and which of them stays is not said yet.
    const apart = this.#conflicts(may).length > 0, bands = [];
    for (const [first, last, cell] of runs) {
      const band = bands.at(-1);
      if (band && band.last === first - 1 && (band.cell === cell
        || (!apart && this.#alike(fact, band.cell, cell, may)))) band.last = last;
      else bands.push({ first, last, cell });
    }
    return bands.map(({ first, last }) => [first, last]);
  }

  /** Return whether nothing that is still open tells two cells of a fact apart. */
  #alike(fact, one, other, may) {
    const { decisions, couplings, flags } = this.artefact;
    const roots = [...decisions.flatMap(({ root, rules }) => [root, ...rules.map(({ wins }) => wins)]),
      ...couplings.map(({ root }) => root), ...flags.map(({ root }) => root)];
    const seen = new Set(), width = this.leaves.length + this.nodes.length;
    const level = (number) => (number < this.leaves.length ? Infinity : this.depth[this.#node(number)[0]]);
    const todo = roots.map((root) => [root, root]);
    while (todo.length) {
      const [left, right] = todo.pop();
      const at = Math.min(level(left), level(right));
      if (at === Infinity && left !== right) return false;
      // Below the fact two that are one stay one.
      if (at === Infinity || seen.has(left * width + right)
        || (left === right && at > this.depth[fact])) continue;
      seen.add(left * width + right);
      const here = this.artefact.order[at];
      const child = (number, cell) => (level(number) === at ? this.#node(number)[cell + 1] : number);
      if (here === fact) todo.push([child(left, one), child(right, other)]);
      else may[here].forEach((open, cell) => open && todo.push([child(left, cell), child(right, cell)]));
    }
    return true;
  }
}

/** Compare questions by what their answers lead to: the share that settles, then how little is left. */
function byWorth(one, other) {
  const settles = (leads) => leads.filter(({ possible }) => possible.length === 1).length
    / Math.max(1, leads.length);
  const left = (leads) => leads.reduce((sum, { possible }) => sum + possible.length, 0);
  return settles(other) - settles(one) || left(one) - left(other);
}

function numberOf(fact, value) {
  const { number, allowed } = KINDS[fact.kind], found = number(fact, value);
  if (!(found >= 0 && found < fact.size)) throw new Unreadable(`must be ${allowed(fact)}`);
  return found;
}

function rangeOf(fact, ends) {
  const two = RANGES.includes(fact.kind) && Array.isArray(ends) && ends.length === 2;
  const low = two && (ends[0] === null ? 0 : numberOf(fact, ends[0]));
  const high = two && (ends[1] === null ? fact.size - 1 : numberOf(fact, ends[1]));
  if (!two || low > high) throw new Unreadable(`must be ${KINDS[fact.kind].allowed(fact)}`);
  return [low, high];
}

/** Return whether some ranges of numbers, which may overlap, hold all of the numbers below `size`. */
function isWhole(ranges, size) {
  let next = 0;
  for (const [first, last] of [...ranges].sort((one, other) => one[0] - other[0])) {
    if (first > next) return false;
    next = Math.max(next, last + 1);
  }
  return next === size;
}

/** Leave out one element after the other, as long as what is left is as `wanted`. */
function smallest(some, wanted) {
  return some.reduce((left, one) => {
    const less = left.filter((other) => other !== one);
    return wanted(less) ? less : left;
  }, some);
}

function* subsets(pool, size, from = 0) {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= pool.length - size; first++) {
    for (const rest of subsets(pool, size - 1, first + 1)) yield [pool[first], ...rest];
  }
}
