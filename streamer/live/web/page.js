"use strict";
// Asks twice a second how it goes, and says what is changed. The picture comes by itself.
const by = (id) => document.getElementById(id);
const POLL = 500;
let begun = false;

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch(path, options);
  const said = await answer.json();
  by("said").textContent = said.error || "";
  return said;
}

function begin(state) {
  for (const name of state.methods) by("method").add(new Option(name, name));
  by("threshold").max = state.greatest_threshold === 1 ? 0.99 : state.greatest_threshold;
  by("margin").max = state.greatest_margin;
  by("split-label").hidden = !state.split;
  begun = true;
}

function show(state) {
  if (!begun) begin(state);
  by("rate").textContent = state.rate.toFixed(1);
  for (const name of ["median", "p95", "worst"]) by(name).textContent = Math.round(state.latency[name]);
  for (const name of ["dropped", "faces"]) by(name).textContent = state[name];
  by("step").textContent = state.step === 0 ? "full" : `−${state.step}`;
  if (state.gone) by("said").textContent = "the camera is away; waiting for it";
  for (const name of ["threshold", "margin", "method"]) {
    if (document.activeElement !== by(name)) by(name).value = state.tuning[name];
  }
  for (const name of ["threshold", "margin"]) by(`${name}-now`).textContent = Number(by(name).value).toFixed(2);
  by("record").setAttribute("aria-pressed", state.recording);
  by("record").textContent = state.recording ? "Stop" : "Record";
  const list = by("recordings");
  for (const one of state.recordings.slice(list.children.length)) {
    const link = document.createElement("a");
    link.href = `/recordings/${encodeURIComponent(one.name)}`;
    link.download = one.name;
    link.textContent = `${one.name} (${one.seconds.toFixed(1)} s)`;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
}

async function poll() {
  try {
    show(await ask("/state"));
  } catch (error) {
    by("said").textContent = "the program has ended";
  }
  setTimeout(poll, POLL);
}

for (const name of ["threshold", "margin"]) {
  by(name).addEventListener("input", () => { by(`${name}-now`).textContent = Number(by(name).value).toFixed(2); });
  by(name).addEventListener("change", () => ask("/tune", { [name]: Number(by(name).value) }));
}
by("method").addEventListener("change", () => ask("/tune", { method: by("method").value }));
by("record").addEventListener("click", () => ask("/record", { on: by("record").getAttribute("aria-pressed") !== "true" }));
by("split").addEventListener("change", () => {
  const on = by("split").checked;
  by("raw").hidden = by("after").hidden = !on;
  if (on) by("before").src = "/before"; else by("before").removeAttribute("src");
});
poll();
