/* The edits of this session: make, undo, redo, and keep them as a new RUN. */
import { act, read } from "./api.js";
import { attempt, byId, complain, h, refill, say } from "./dom.js";
import { go } from "./open.js";
import { progressPlace, watch } from "./progress.js";
import { fullName, on, store, tell } from "./store.js";
import { label, percent } from "./sum.js";

const EFFECTS = { better: "better", worse: "worse", other: "other" };

let busy = false;
const working = progressPlace();

/* What takes a moment is a job; the model is asked for once it is done. */
async function settled(answer, place, name) {
  if (!answer.job) return answer;
  const done = await watch(place, answer, name);
  if (!done) return null;
  const { model, log } = await read("state");
  return { model, log, outcome: done.outcome };
}

async function change(name, body, place = working) {
  if (busy) return complain("edit: expected one edit at a time, got another; wait or cancel the first");
  busy = true;
  const tree = await attempt(async () => settled(await act(name, body), place, "Edit"));
  busy = false;
  if (!tree) return false;
  Object.assign(store, { model: tree.model, log: tree.log, outcome: { ...tree.outcome, undone: name === "undo" } });
  store.changed.clear();
  show();
  byId("outcome")?.scrollIntoView({ block: "nearest" });
  tell("model");
  say(`${name === "undo" ? "Undone: " : ""}${tree.outcome.edit}`);
  return true;
}

export const makeEdit = (operation, given, videos = [], place = working) => change("edit", { operation, arguments: given, videos }, place);

/* The edit that the diagnosis proposes against a shortcut. */
export const propose = (number, place) => change("propose", { number }, place);

export const undo = () => change("undo");

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
  const back = h("button", { type: "button", class: "tool", id: "undo", "data-key": "undo", disabled: log.position === 0, onclick: undo }, "Undo");
  const again = h("button", { type: "button", class: "tool", id: "redo", "data-key": "redo", disabled: log.position === log.edits.length, onclick: () => change("redo") }, "Redo");
  const name = h("input", { type: "text", id: "save-name", required: true, maxLength: 80, value: `${model.folder}-edited`, "aria-label": "Name of the new RUN" });
  refill(byId("history"),
    h("div", { class: "bar" }, h("h2", { class: "small" }, "Edits of the model"), h("div", { class: "tools" }, back, again)),
    log.edits.length
      ? h("ol", { class: "log", id: "log" }, log.edits.map((text, i) => h("li", { class: i < log.position ? "" : "undone" }, text, i < log.position ? "" : " (undone)")))
      : h("p", { class: "note tight" }, "None yet. Change concepts of a clip and apply that, press the name of a concept, or choose an edit under Edit."),
    working, outcome ? effects(outcome, "outcome") : null,
    h("form", { class: "save", onsubmit: (event) => { event.preventDefault(); save(name); } }, name, h("button", { type: "submit", class: "tool", id: "save", "data-key": "save" }, "Save as RUN")),
    h("p", { class: "note tight", id: "saved" }));
}

/* What an edit changed. */
export function effects(outcome, id = null) {
  const one = (title, difference) => difference.labelled
    ? h("li", {}, `${title}: ${percent(difference.correct[0] / difference.labelled)} → ${percent(difference.correct[1] / difference.labelled)} right; ${difference.changes.length} of ${difference.clips} predictions changed`)
    : null;
  return h("div", { class: "outcome", id }, h("p", {}, `${outcome.undone ? "Taking back" : "Making"} “${outcome.edit}” changed`), h("ul", {}, one("Test", outcome.test), one("Train", outcome.train)), changes(outcome.test));
}

/* Clips that are predicted differently, to open. */
export function changes(difference, most = 50) {
  if (!difference.changes.length) return null;
  return h("details", { class: "changes" }, h("summary", {}, `Test clips that changed: ${difference.better} for the better, ${difference.worse} for the worse`),
    h("ul", { tabindex: "0", "aria-label": "Clips that changed" }, difference.changes.slice(0, most).map((each) => h("li", {}, h("button", { type: "button", class: "plain", onclick: () => go({ clip: each.clip }) }, each.clip),
      h("span", { class: `chip ${each.effect === "better" ? "good" : each.effect === "worse" ? "bad" : ""}` }, EFFECTS[each.effect]), ` ${label(each.before)} → ${label(each.after)}`))));
}

on("begin", show);
