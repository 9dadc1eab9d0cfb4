import assert from "node:assert/strict";
import { test } from "node:test";
import { FORM, ProfileError, load } from "../eval.mjs";

/** Of age: 0 to 17, and 18 to 120; a child needs a parent, and grown-ups decide themselves. */
const ARTEFACT = {
  form: FORM,
  facts: [
    { id: "age", kind: "integer", first: 0, size: 121, cells: [[[0, 17]], [[18, 120]]] },
    { id: "parent", kind: "boolean", size: 2, cells: [[[0, 0]], [[1, 1]]] },
    { id: "income", kind: "decimal", places: 2, first: -100, size: 1001, cells: [[[0, 1000]]] },
    { id: "born", kind: "date", first: 738_886, size: 366, cells: [[[0, 365]]] },
    { id: "kind", kind: "category", values: ["x", "y"], size: 2, cells: [[[0, 1]]] },
  ],
  order: [0, 1],
  leaves: [null, false, true, ["decided", "yes", "rule", []], ["decided", "no", "rule", []]],
  nodes: [[1, 4, 3], [0, 5, 3], [1, 1, 2], [0, 7, 2], [1, 2, 1], [0, 9, 1]],
  decisions: [{
    id: "may", outcomes: [{ id: "yes" }, { id: "no" }], reads: [0, 1], root: 6,
    rules: [{ id: "r_yes", then: "yes", wins: 8 }, { id: "r_no", then: "no", wins: 10 }],
  }],
  couplings: [],
  flags: [],
};

const rules = load(ARTEFACT);
const faults = (profile) => {
  try {
    rules.read(profile);
  } catch (error) {
    assert(error instanceof ProfileError);
    return error.faults;
  }
  return [];
};

test("what is known settles it, and what is not is asked", () => {
  assert.equal(rules.classify({ age: 40 }).verdicts.may.outcome, "yes");
  assert.equal(rules.classify({ age: 4, parent: false }).verdicts.may.rule, "r_no");
  const { status, missing, possible } = rules.classify({}).verdicts.may;
  assert.deepEqual([status, missing, possible], ["insufficient", ["age", "parent"], ["yes", "no"]]);
  assert.deepEqual(rules.classify({ age: { declined: true } }).verdicts.may.missing, ["parent"]);
  assert.deepEqual(rules.because("may", { age: 40, parent: true }), ["parent"]);
});

test("it says what to ask next, and in which bands", () => {
  assert.deepEqual(rules.next({}), { decision: "may", fact: "age" });
  assert.deepEqual(rules.next({}, ["age"]), { decision: "may", fact: "parent" });
  assert.equal(rules.next({ age: 40 }), null);
  assert.deepEqual(rules.bands({}, "age"), [[0, 17], [18, 120]]);
  assert.deepEqual(rules.bands({ parent: true }, "age"), [[0, 120]]);
  assert.deepEqual(rules.conflicts({ age: 4, parent: false }), []);
});

test("another form is refused", () => {
  assert.throws(() => load({ form: "routeengine/artefact/2" }), /reads routeengine\/artefact\/1/);
  assert.throws(() => load(null), /not undefined/);
});

test("every fault is told at once, and never what was given", () => {
  const told = faults({ age: 121, parent: "secret", constructor: 1, kind: ["x"] });
  assert.deepEqual(told.map(({ fact }) => fact), ["age", "parent", "kind", "constructor"]);
  assert(!JSON.stringify(told).includes("secret"));
  assert.deepEqual(faults({ "her debts": 1 }).map(({ fact }) => fact), ["(key 1)"]);
});

test("amounts and days are read exactly", () => {
  const income = (value) => faults({ income: value }).length === 0;
  assert.deepEqual(["-1.00", "9", "9.00", "9.000", 9, "0.1"].map(income), Array(6).fill(true));
  assert.deepEqual(
    ["9.01", "-1.01", "0.001", "1e0", " 1", "1,5", 0.1, true, "9".repeat(17)].map(income), Array(9).fill(false));
  const born = (value) => faults({ born: value }).length === 0;
  assert.deepEqual(["2024-01-01", "2024-02-29", "2024-12-31"].map(born), Array(3).fill(true));
  assert.deepEqual(["2024-02-30", "2023-12-31", "2025-01-01", "24-1-1", 5].map(born), Array(5).fill(false));
  assert.equal(rules.valueOf(2, 50), "-0.50");
  assert.equal(rules.valueOf(3, 59), "2024-02-29");
});

test("parts of the values are read", () => {
  for (const known of [
    { between: [null, 17] }, { one_of: [{ between: [0, 3] }, 9] }, { conflicting: [1, 2] }, { between: [3, 3] },
  ]) {
    assert.deepEqual(faults({ age: known }), []);
    assert.equal(rules.classify({ age: known, parent: true }).verdicts.may.outcome, "yes");
  }
  for (const known of [{}, [], { between: [2, 1] }, { one_of: [] }, { declined: 1 }, { one_of: [1], more: 1 }]) {
    assert.equal(faults({ age: known }).length, 1);
  }
  assert.equal(faults({ kind: { between: ["x", "y"] } }).length, 1);
  assert.equal(rules.read({ age: { one_of: [{ between: [0, 100] }, { between: [50, 120] }] } })[0].whole, true);
  const disputed = rules.classify({ age: { conflicting: [4, 40] }, parent: false }).verdicts.may;
  assert.deepEqual([disputed.reason, disputed.candidates], ["conflicting_evidence", ["yes", "no"]]);
});
