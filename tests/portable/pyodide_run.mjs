// What commands tell in Pyodide: { pyodide, wheels, folder, script, commands } in, one line out.
// The folder has the same path inside as outside; nothing is fetched.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { pyodide, wheels, folder, script, commands } = JSON.parse(readFileSync(0, "utf8"));
// Of the processor: what else the machine does is not in it.
const seconds = () => Number((Object.values(process.cpuUsage()).reduce((a, b) => a + b) / 1e6).toFixed(1));
globalThis.fetch = (what) => { throw new Error(`asked for ${what}`); };
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: pyodide });
const started = seconds();
await python.loadPackage(wheels, { messageCallback() {} });
const installed = seconds();
python.FS.mkdirTree(folder);
python.mountNodeFS(folder, folder);
python.runPython(script);
const told = python.globals.get("told")(JSON.stringify(commands));
const loaded = python.runPython("import sys; '\\n'.join(sys.modules)").split("\n");
const times = { started, installed, answered: seconds() };
process.stdout.write(JSON.stringify({ answers: JSON.parse(told), loaded, times }));
