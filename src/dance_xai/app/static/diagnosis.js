/* Why the model is wrong, which shortcuts it takes, and the edits proposed against them, to try and to undo. */
import { act, read } from "./api.js";
import { attempt, byId, h, once, refill } from "./dom.js";
import { effects, propose, undo } from "./history.js";
import { progressPlace, watch } from "./progress.js";
import { store } from "./store.js";
import { label } from "./sum.js";

let latest = 0, tried = null;  // {number, content, outcome} of the proposed edit that was made last

export async function showDiagnosis() {
  const mine = ++latest, { diagnosis } = await read("diagnosis"), place = progressPlace();
  if (mine !== latest) return;  // shown again since
  if (tried && store.model.content !== tried.content) tried = null;  // other edits since
  const look = h("button", { type: "button", class: "tool strong", id: "look", "data-key": "look", onclick: () => once(look, () => begin(place)) }, diagnosis ? "Look again" : "Look for causes and shortcuts");
  const stale = diagnosis && diagnosis.content !== store.model.content;
  refill(byId("diagnosis"), h("div", { class: "bar" }, h("h2", {}, "What goes wrong, and why"), look), place,
    diagnosis ? null : h("p", { class: "lead" }, "Each mistake on test clips gets the cause that, put right alone, gives the true class. Shortcuts are looked for in train clips held out of the fit, each with an edit against it to try. This takes some seconds."),
    stale ? h("p", { class: "note", id: "stale" }, "This is the diagnosis of the model before the last edits. Undo them to come back to it, or look again.") : null,
    diagnosis ? [causes(diagnosis), shortcuts(diagnosis), uneven(diagnosis), corrections(diagnosis), diagnosis.notes.map((text) => h("p", { class: "note" }, text))].flat() : null);
}

const begin = (place) => attempt(async () => { if (await watch(place, await act("diagnose"), "Diagnosis")) await showDiagnosis(); });

function causes({ wrong, clips, causes: found }) {
  const words = !clips ? "There is no test clip to look at." : wrong ? `${wrong} of ${clips} test clips ${wrong === 1 ? "is" : "are"} wrong.` : `None of the ${clips} test clips is wrong.`;
  return h("div", {}, h("p", { class: "lead" }, words), found.length ? h("ul", { class: "card causes" }, found.map((each) => h("li", {},
    h("div", { class: "bar" }, h("strong", {}, each.name), h("span", { class: "num" }, `${each.count} ${each.count === 1 ? "clip" : "clips"}`)),
    h("span", { class: "track" }, h("span", { class: "filled", style: { width: `${each.share}%` } })), h("p", { class: "note tight" }, each.words)))) : null);
}

function shortcuts({ shortcuts: found }) {
  return h("section", { class: "group", "aria-label": "Suspected shortcuts" }, h("h3", {}, "Suspected shortcuts"), found.length
    ? h("ol", { class: "shortcuts" }, found.map(shortcut))
    : h("p", { class: "note" }, "None: no class leans on an object or a scene in a way that held-out train clips speak against. A shortcut that every train clip follows cannot be found so."));
}

function shortcut(each) {
  const place = progressPlace(), made = tried?.number === each.number;
  const effect = each.effect.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Effect of the edit against shortcut ${each.number}` }, h("table", {}, h("thead", {}, h("tr", {}, ["held-out train clips that are right", "now", "edited"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, each.effect.map(([name, before, after]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "num" }, before), h("td", { class: "num" }, after)))))) : null;
  const button = made
    ? h("button", { type: "button", class: "tool", "data-undo": String(each.number), "data-key": String(each.number), onclick: () => undo() }, "Undo this edit")
    : h("button", { type: "button", class: "tool strong", "data-try": String(each.number), "data-key": String(each.number), onclick: (event) => once(event.currentTarget, () => attemptEdit(each.number, place)) }, "Try this edit", h("span", { class: "hidden" }, ` against shortcut ${each.number}`));
  return h("li", { class: `card shortcut ${each.kind}` },
    h("div", { class: "bar" }, h("h4", {}, `${each.number}. ${label(each.label)} by ${label(each.concept)}`), h("span", {}, h("span", { class: "badge" }, each.kind), each.is_credible ? null : h("span", { class: "chip bad" }, "doubtful"))),
    h("p", {}, each.evidence), h("p", {}, each.proposal), effect, each.command ? h("div", { class: "fields" }, button) : null, place, made ? effects(tried.outcome) : null);
}

async function attemptEdit(number, place) {
  if (!(await propose(number, place))) return;
  tried = { number, content: store.model.content, outcome: store.outcome };
  await attempt(showDiagnosis);
}

function uneven({ uneven: found }) {
  return found.length ? h("section", { class: "group", "aria-label": "Subgroups" }, h("h3", {}, "Concepts that work differently in subgroups"), h("p", { class: "note" }, "How many points more a concept gives a class in the class’s own clips than in clips of other classes, by subgroup."), h("ul", { class: "card causes" }, found.map((text) => h("li", {}, text)))) : null;
}

/* The charts are drawn by the app from numbers; no name of anybody is in them. */
const drawn = (text) => document.importNode(new DOMParser().parseFromString(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '), "image/svg+xml").documentElement, true);

/* A short piece of a line, as in the chart. */
const key = ({ key: name, control }) => drawn(`<svg class="key set set-${name}${control ? " control" : ""}" viewBox="0 0 28 10" aria-hidden="true"><polyline points="1,5 27,5"/><circle cx="14" cy="5" r="3.2"/></svg>`);

function corrections({ curves }) {
  if (!curves) return null;
  return h("section", { class: "group", "aria-label": "Corrections" }, h("h3", {}, "What correcting concepts brings"), h("p", { class: "lead" }, curves.words),
    h("div", { class: "card" }, h("div", { class: "chart-wide" }, drawn(curves.wide)), h("div", { class: "chart-narrow" }, drawn(curves.narrow)),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Accuracy after corrections as a table" }, h("table", {},
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "corrected"), curves.corrected.map((count) => h("th", { scope: "col" }, String(count))))),
        h("tbody", {}, curves.series.map((line) => h("tr", {}, h("th", { scope: "row" }, h("span", { class: "keyed" }, key(line), line.label)), Object.values(line.points).map((share) => h("td", { class: "num" }, (100 * share).toFixed(1))))))))));
}
