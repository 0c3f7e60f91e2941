/* Every edit of the model as a form; what each takes comes from the app. */
import { read } from "./api.js";
import { byId, fill, h, once, refill } from "./dom.js";
import { fieldsOf } from "./fields.js";
import { makeEdit } from "./history.js";
import { progressPlace } from "./progress.js";
import { fullName, store } from "./store.js";
import { label } from "./sum.js";

const GROUPS = {
  "Weights": ["resolve", "change_weight"],
  "Concepts": ["ablate", "set_activation", "swap_activations", "merge", "split", "detach", "rename", "remove"],
  "Classes": ["add_class", "drop_class"],
};
const TITLES = {
  resolve: "Solve again under constraints", change_weight: "Change a weight", ablate: "Switch concepts off", set_activation: "Fix an activation", swap_activations: "Swap two concepts",
  merge: "Merge two concepts", split: "Split a motion in two", detach: "Detach concepts from others", rename: "Rename a concept", remove: "Remove concepts", add_class: "Add a class from a few clips", drop_class: "Drop a class",
};
const NOTES = {
  resolve: "Without a strength or a number of weights, the strength of the model is kept.",
  split: "Its windows are divided by 2-means of their poses. To name the clips of each half instead: dance edit RUN split CONCEPT --first IDS --second IDS.",
  detach: "Without single concepts to detach, all of the kinds that nothing is detached from.",
  set_activation: "In standard deviations from the train mean; 0 is as usual.",
  add_class: "A video that was sent is kept as numbers only; saved as a RUN, the class stays.",
};
let known = null, chosen = "", built = "";

export async function showForms() {
  const query = new URLSearchParams(location.hash.slice(1));
  known ??= (await read("forms")).forms;
  if (query.has("do")) chosen = query.get("do");
  const names = JSON.stringify([store.model.classes, store.model.concepts.map(fullName), query.get("do"), query.get("concept")]);
  if (names === built) return;  // what is written in the forms stays
  built = names;
  const column = query.has("concept") ? Number(query.get("concept")) : -1;
  const grouped = Object.values(GROUPS).flat(), others = known.filter(({ operation }) => !grouped.includes(operation));
  const listed = (names) => names.map((name) => known.find(({ operation }) => operation === name)).filter(Boolean);
  const parts = [...Object.entries(GROUPS).map(([name, names]) => [name, listed(names)]), ["More", others]].filter(([, forms]) => forms.length);
  refill(byId("edit"), h("h2", {}, "Edit the model"),
    h("p", { class: "lead" }, "Each edit is for all clips, says at once which predictions it changes, and can be undone. The RUN on disk stays as it is until you save another."),
    parts.map(([name, forms]) => h("section", { class: "group", "aria-label": name }, h("h3", {}, name), forms.map((form) => card(form, column)))));
}

const titleOf = (form) => TITLES[form.operation] ?? label(form.operation).replace(/^./, (letter) => letter.toUpperCase());

function card(form, column) {
  const body = h("div", { class: "body" });
  const details = h("details", { class: "card form", name: "edit", "data-operation": form.operation, open: form.operation === chosen, ontoggle: () => {
    if (details.open) chosen = form.operation; else if (chosen === form.operation) chosen = "";
    if (details.open && !body.children.length) build(form, column, body);
  } }, h("summary", { "data-key": form.operation }, h("h4", {}, titleOf(form)), h("span", { class: "note tight" }, form.does)), body);
  if (details.open) build(form, column, body);
  return details;
}

/* The fields, once somebody looks at them: a model may have many concepts. */
function build(form, column, body) {
  const { elements, given } = fieldsOf(form, column), place = progressPlace();
  const button = h("button", { type: "submit", class: "tool strong" }, "Make this edit", h("span", { class: "hidden" }, `: ${titleOf(form)}`));
  fill(body, h("form", { "data-key": form.operation, onsubmit: (event) => {
    event.preventDefault();
    const said = given();
    once(button, () => makeEdit(form.operation, said.arguments, said.videos, place));
  } }, elements, NOTES[form.operation] ? h("p", { class: "note" }, NOTES[form.operation]) : null, h("div", { class: "fields" }, button), place));
}
