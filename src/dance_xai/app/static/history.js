/* The edits of this session: make, undo, redo, and keep them as a new RUN. */
import { act } from "./api.js";
import { attempt, byId, fill, h, say } from "./dom.js";
import { go } from "./open.js";
import { fullName, on, store, tell } from "./store.js";
import { label, percent } from "./sum.js";

const EFFECTS = { better: "better", worse: "worse", other: "other" };

async function change(name, body) {
  const tree = await attempt(() => act(name, body));
  if (!tree) return false;
  Object.assign(store, { model: tree.model, log: tree.log, outcome: { ...tree.outcome, undone: name === "undo" } });
  store.changed.clear();
  show();
  tell("model");
  say(`${name === "undo" ? "Undone: " : ""}${tree.outcome.edit}`);
  return true;
}

export const makeEdit = (operation, given) => change("edit", { operation, arguments: given });

/* What was set by hand on a clip, as edits of the model: whole kinds and concepts off, others fixed. */
export async function applyChanges() {
  const { concepts } = store.model, chosen = [...store.changed];
  const off = chosen.filter(([, value]) => value === 0).map(([column]) => column);
  const whole = ["motion", "object", "scene"].filter((kind) => {
    const columns = concepts.flatMap((concept, j) => (concept.kind === kind ? [j] : []));
    return columns.length > 1 && columns.every((column) => off.includes(column));
  });
  const single = off.filter((column) => !whole.includes(concepts[column].kind)).map((column) => fullName(concepts[column]));
  if (off.length && !(await makeEdit("ablate", { kinds: whole, concepts: single }))) return;
  for (const [column, value] of chosen.filter(([, each]) => each !== 0)) {
    if (!(await makeEdit("set_activation", { concept: fullName(concepts[column]), value }))) return;
  }
}

async function save(name) {
  const tree = await attempt(() => act("save", { name: name.value }));
  if (!tree) return;
  byId("saved").textContent = `Written: ${tree.folder}`;
  say(`Written: ${tree.folder}`);
}

function show() {
  const { log, outcome, model } = store;
  const undo = h("button", { type: "button", class: "tool", id: "undo", disabled: log.position === 0, onclick: () => change("undo") }, "Undo");
  const redo = h("button", { type: "button", class: "tool", id: "redo", disabled: log.position === log.edits.length, onclick: () => change("redo") }, "Redo");
  const name = h("input", { type: "text", id: "save-name", required: true, maxLength: 80, value: `${model.folder}-edited`, "aria-label": "Name of the new RUN" });
  fill(byId("history"),
    h("div", { class: "bar" }, h("h2", { class: "small" }, "Edits of the model"), h("div", { class: "tools" }, undo, redo)),
    log.edits.length
      ? h("ol", { class: "log", id: "log" }, log.edits.map((text, i) => h("li", { class: i < log.position ? "" : "undone" }, text, i < log.position ? "" : " (undone)")))
      : h("p", { class: "note tight" }, "None yet. Change concepts of a clip and apply that, or press the name of a concept."),
    outcome ? effects(outcome) : null,
    h("form", { class: "save", onsubmit: (event) => { event.preventDefault(); save(name); } }, name, h("button", { type: "submit", class: "tool", id: "save" }, "Save as RUN")),
    h("p", { class: "note tight", id: "saved" }));
}

function effects(outcome) {
  const one = (title, difference) => difference.labelled
    ? h("li", {}, `${title}: ${percent(difference.correct[0] / difference.labelled)} → ${percent(difference.correct[1] / difference.labelled)} right; ${difference.changes.length} of ${difference.clips} predictions changed`)
    : null;
  return h("div", { class: "outcome", id: "outcome" }, h("p", {}, `${outcome.undone ? "Taking back" : "Making"} “${outcome.edit}” changed`), h("ul", {}, one("Test", outcome.test), one("Train", outcome.train)), changes(outcome.test));
}

/* Clips that are predicted differently, to open. */
export function changes(difference, most = 50) {
  if (!difference.changes.length) return null;
  return h("details", { class: "changes" }, h("summary", {}, `Test clips that changed: ${difference.better} for the better, ${difference.worse} for the worse`),
    h("ul", { tabindex: "0", "aria-label": "Clips that changed" }, difference.changes.slice(0, most).map((each) => h("li", {}, h("button", { type: "button", class: "plain", onclick: () => go({ clip: each.clip }) }, each.clip),
      h("span", { class: `chip ${each.effect === "better" ? "good" : each.effect === "worse" ? "bad" : ""}` }, EFFECTS[each.effect]), ` ${label(each.before)} → ${label(each.after)}`))));
}

on("begin", show);
