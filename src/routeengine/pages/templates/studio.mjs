// The rules, a profile, and what the library says of them: each button is one of its commands.

const $ = (id) => document.getElementById(id);
const said = JSON.parse($("said").textContent);
const { files: start, options } = await (await fetch("rules.json")).json();
let from = start; // what a change is compared with: the rules as they were opened
let files = { ...start };

// From a blob, for so the worker is held to the policy of this page.
const program = new Blob([await (await fetch("worker.mjs")).text()], { type: "text/javascript" });
const worker = new Worker(URL.createObjectURL(program), { type: "module" });
async function asked(task) {
  worker.postMessage(task);
  const { data } = await new Promise((resolve) => { worker.onmessage = resolve; });
  if (data.error) throw new Error(data.error);
  return data;
}

const told = (command, more = {}) => asked({ command, files: { start: from, rules: files, ...more } });

// One thing at a time; meanwhile no button can be pressed.
async function during(words, action) {
  const buttons = document.querySelectorAll("button");
  buttons.forEach((one) => { one.disabled = true; });
  $("status").textContent = words;
  try {
    await action();
    $("status").textContent = said.ready;
  } catch (error) {
    $("status").textContent = `${said.failed} ${error.message}`;
  }
  buttons.forEach((one) => { one.disabled = false; });
}

async function show(id, command, more) {
  const { status, out, err } = await told([...command, ...options], more);
  $(id).textContent = `${out}${err}`.trim();
  $(id).classList.toggle("found", status !== 0);
  $(id).hidden = false;
}

const made = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

// A list where there are few values, and room to write where there are many.
function field({ id, kind, size, first = 0, values, label, value_labels: labels }) {
  const word = (texts, other) => texts?.[said.language] ?? Object.values(texts ?? {})[0] ?? other;
  const few = kind === "boolean" ? ["true", "false"] : values
    ?? (kind === "integer" && size <= 12 ? Array.from({ length: size }, (_, one) => `${first + one}`) : null);
  const name = (value, number) => (kind === "boolean" ? said[number ? "no" : "yes"] : word(labels?.[number], value));
  const given = { id: `fact-${id}`, name: id, autocomplete: "off" };
  const input = few === null
    ? made("input", { ...given, placeholder: said.unknown })
    : made("select", given, new Option(said.unknown, ""), ...few.map((value, number) => new Option(name(value, number), value)));
  return [made("label", { htmlFor: input.id, textContent: word(label, id) }), input];
}

const profile = () => Object.fromEntries([...$("facts").querySelectorAll("[name]")].map((one) => [one.name, one.value]));

async function facts() {
  const { status, out } = await told(["export", "artefact", "--rules", "rules", ...options]);
  if (status !== 0) return; // `check` tells what is wrong
  const kept = profile();
  $("facts").replaceChildren(...JSON.parse(out).facts.flatMap(field));
  for (const one of $("facts").querySelectorAll("[name]")) one.value = kept[one.name] ?? "";
}

function row() {
  const known = Object.entries({ client_id: "X", ...profile() });
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  return [0, 1].map((side) => known.map((pair) => quoted(pair[side])).join(",")).join("\n");
}

// The list of files, and the text of one of them, ready to be saved.
function draw(chosen) {
  const changed = (name) => (files[name] === from[name] ? name : `${name} *`);
  $("file").replaceChildren(...Object.keys(files).map((name) => new Option(changed(name), name)));
  $("file").value = chosen;
  if ($("text").value !== files[chosen]) $("text").value = files[chosen];
  URL.revokeObjectURL($("save").href);
  $("save").href = URL.createObjectURL(new Blob([files[chosen]], { type: "text/plain" }));
  $("save").download = chosen;
}

$("file").onchange = () => draw($("file").value);
$("text").oninput = () => { files[$("file").value] = $("text").value; draw($("file").value); };
$("check").onclick = () => during(said.checking, async () => { await show("checked", ["check", "rules"]); await facts(); });
$("diff").onclick = () => during(said.comparing, () => show("differs", ["diff", "start", "rules", "--lang", said.language]));
// Markdown, for a text has lines of 80 signs.
$("explain").onclick = () => during(said.explaining, () => show("explained",
  ["explain", "profiles/profile.csv", "--client", "X", "--rules", "rules", "--lang", said.language, "--format", "markdown"], { profiles: { "profile.csv": row() } }));
$("open").onchange = () => during(said.opening, async () => {
  const opened = [...$("open").files].sort((one, other) => (one.name < other.name ? -1 : 1));
  if (opened.length === 0) return;
  from = Object.fromEntries(await Promise.all(opened.map(async (one) => [one.name, await one.text()])));
  files = { ...from };
  draw(opened[0].name);
  await facts();
});
window.onbeforeunload = (event) => {
  if (Object.keys(files).some((name) => files[name] !== from[name])) event.preventDefault();
};

draw(Object.keys(files)[0]);
await during(said.starting, async () => {
  await asked({ base: new URL(".", location.href).href });
  await facts();
});
