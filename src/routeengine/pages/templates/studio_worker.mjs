// Python, which runs one command of the library at a time, on the files that come with it.

const COMMAND = `
import io, json, os, shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from routeengine.cli import main

def told(task):
    task, work = json.loads(task), Path("/studio")
    shutil.rmtree(work, ignore_errors=True)
    for folder, files in task["files"].items():
        for name, text in files.items():
            (work / folder).mkdir(parents=True, exist_ok=True)
            (work / folder / name).write_text(text, encoding="utf-8", newline="")
    os.chdir(work)
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        status = main(task["command"])
    return json.dumps({"status": status, "out": out.getvalue(), "err": err.getvalue()})

told
`;

let told;

async function begin(base) {
  const { loadPyodide } = await import(`${base}pyodide/pyodide.mjs`);
  const python = await loadPyodide({ indexURL: `${base}pyodide/` });
  const packages = await (await fetch(`${base}python.zip`)).arrayBuffer();
  const extractDir = python.runPython("import site; site.getsitepackages()[0]");
  python.unpackArchive(packages, "zip", { extractDir });
  told = python.runPython(COMMAND);
  return {};
}

onmessage = async ({ data }) => {
  try {
    postMessage(data.base ? await begin(data.base) : JSON.parse(told(JSON.stringify(data))));
  } catch (error) {
    postMessage({ error: error.message });
  }
};
