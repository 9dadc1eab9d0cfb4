// Answers for artefacts: a line of JSON in, { artefact, known, profiles, asking }, a line out. Each of
// `asking` is { profile, asked }: what is asked next, the reasons, and numbers in bands.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { load } = await import(pathToFileURL(process.argv[2]));
for await (const line of createInterface({ input: process.stdin })) {
  const { artefact, known = [], profiles = [], asking = [] } = JSON.parse(line);
  const rules = load(artefact);
  const told = (answer) => {
    for (const verdict of Object.values(answer.verdicts)) {
      verdict.leads = Object.fromEntries(Object.entries(verdict.leads).map(([fact, leads]) => [
        fact, leads.map(({ cell, possible }) => [
          rules.facts[rules.numbers.get(fact)].cells[cell], possible]),
      ]));
    }
    return answer;
  };
  const states = known.map((one) => artefact.facts.map((fact, number) => {
    const { allowed = [[0, fact.size - 1]], ...marks } = one[fact.id] ?? {};
    return rules.known(number, allowed, marks);
  }));
  const answers = [...states.map((state) => told(rules.answer(state))),
    ...profiles.map((profile) => told(rules.classify(profile))),
    ...asking.map(({ profile, asked }) => ({
      next: rules.next(profile, asked),
      because: Object.fromEntries(artefact.decisions.map(({ id }) => [id, rules.because(id, profile)])),
      bands: Object.fromEntries(artefact.facts.map(({ id }) => [id, rules.bands(profile, id)])),
      conflicts: rules.conflicts(profile),
    }))];
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
