// The suite in Pyodide: { pyodide, wheels, folder, arguments } in. Ends as pytest ends.
// The folder has the same path inside as outside; nothing is fetched.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { pyodide, wheels, folder, arguments: given } = JSON.parse(readFileSync(0, "utf8"));
globalThis.fetch = (what) => { throw new Error(`asked for ${what}`); };
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const env = { HOME: "/home/pyodide", CI: process.env.CI ?? "" };
const python = await loadPyodide({ indexURL: pyodide, env });
await python.loadPackage(wheels, { messageCallback() {} });
python.FS.mkdirTree(folder);
python.mountNodeFS(folder, folder);
python.globals.set("given", python.toPy([folder, ...given]));
process.exitCode = python.runPython(`
import os, sys
folder, *arguments = given
os.chdir(folder)
sys.dont_write_bytecode = True
sys.path.insert(0, f"{folder}/tests")
import pytest
int(pytest.main(["-p", "portable.in_pyodide", "-p", "no:cacheprovider", *arguments]))
`);
