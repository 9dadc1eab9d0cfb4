// The suite in Pyodide: node pyodide_suite.mjs PYODIDE WHEELS PROJECT ARGUMENTS...
// WHEELS and PROJECT are folders, ARGUMENTS those of pytest. Ends with what pytest ends with.

import { readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, wheels, project, ...given] = process.argv.slice(2);
globalThis.fetch = (what) => { throw new Error(`asked for ${what}`); };
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: pyodide, env: { HOME: "/home/pyodide", CI: process.env.CI ?? "" } });
const files = readdirSync(wheels).filter((name) => name.endsWith(".whl")).map((name) => `${wheels}/${name}`);
await python.loadPackage(files, { messageCallback() {} });
python.FS.mkdirTree(project);
python.mountNodeFS(project, project);
python.globals.set("given", python.toPy(given));
python.globals.set("project", project);
process.exitCode = Number(python.runPython(`
import os, sys
os.chdir(project)
import pytest
sys.dont_write_bytecode = True
pytest.main(["-p", "no:cacheprovider", *given])
`));
