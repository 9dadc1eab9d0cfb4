/** What may be known of a fact: a value, part of the values, declined, or nothing. */
export type Knowledge<Value = boolean | number | string> =
  | Value
  | null
  | { declined: true }
  | { one_of: (Value | Range<Value>)[] }
  | { conflicting: (Value | Range<Value>)[] }
  | Range<Value>;

/** From the first to the second, both included; null leaves a side open. */
export interface Range<Value> {
  between: [Value | null, Value | null];
}

export interface Verdict {
  status: "decided" | "review" | "insufficient" | "not_applicable";
  outcome: string | null;
  rule: string | null;
  rules: string[];
  reason: "rule" | "gap" | "overlap" | "contradiction" | "conflicting_evidence" | null;
  candidates: string[];
  possible: string[];
  conflict: string[];
  missing: string[];
  /** Per fact that is missing: for each cell that it may be in, what the decision could still be. */
  leads: Record<string, { cell: number; possible: string[] }[]>;
}

export interface Answer {
  verdicts: Record<string, Verdict>;
  flags: string[];
  flags_possible: string[];
}

/** What is known of one fact: which of its cells may be. */
export interface Known {
  may: boolean[];
  whole: boolean;
  declined?: boolean;
  conflicting?: boolean;
}

/** A profile that cannot be read: every fault at once, and never what was given. */
export class ProfileError extends Error {
  readonly faults: { fact: string; message: string }[];
}

export interface Evaluator<Profile = Record<string, Knowledge>> {
  readonly artefact: unknown;
  classify(profile: Profile): Answer;
  read(profile: Profile): Known[];
  known(
    fact: number,
    ranges: [number, number][],
    marks?: { declined?: boolean; conflicting?: boolean },
  ): Known;
  answer(given: Known[]): Answer;
  because(decision: string, profile: Profile): string[];
  /** The facts of each smallest clash. */
  conflicts(profile: Profile): string[][];
  /** What to ask next, the least sensitive first; `asked` is what was asked before, in order. */
  next(profile: Profile, asked?: string[]): { decision: string; fact: string } | null;
  /** The values that may still be, in bands by number: values of one band lead to the same. */
  bands(profile: Profile, fact: string): [first: number, last: number][];
  cellOf(fact: number, number: number): number;
  valueOf(fact: number, number: number): boolean | number | string;
}

export const FORM: "routeengine/artefact/1";

export function load<Profile = Record<string, Knowledge>>(artefact: object): Evaluator<Profile>;
