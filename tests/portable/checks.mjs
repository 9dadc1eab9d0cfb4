// What check.mjs says of folders: a line of JSON in with the three files, a line out.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { Rules, checkFolder, confirmAdvice } = await import(pathToFileURL(process.argv[2]));
const folder = mkdtempSync(join(tmpdir(), "checks-"));
for await (const line of createInterface({ input: process.stdin })) {
  const { files, rules, advice } = JSON.parse(line);
  let told;
  if (files) {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, "latin1");
    told = await checkFolder(folder);
  } else {
    const read = new Rules(rules);
    told = advice.map((one) => {
      try {
        return confirmAdvice(read, one);
      } catch (error) {
        return { error: error.message };
      }
    });
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
rmSync(folder, { recursive: true });
