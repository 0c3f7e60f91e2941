/* What can be done to one concept in the model. */
import { byId, fill, h } from "./dom.js";
import { figure } from "./figures.js";
import { makeEdit } from "./history.js";
import { fullName, store } from "./store.js";
import { label, number } from "./sum.js";

/* Edits with a form of their own. */
const more = (column, kind) => [["forbid it for a class", "resolve"], ["merge it with another", "merge"], ["swap it with another", "swap_activations"], ...(kind === "motion" ? [["split it in two", "split"]] : [])];

const dialog = () => byId("dialog");

export function edit(column, focus) {
  const { model } = store, concept = model.concepts[column], name = fullName(concept);
  const users = model.classes.map((each, k) => [each, model.weights[k].find(([j]) => j === column)?.[1] ?? 0]).filter(([, weight]) => weight !== 0);
  const run = (operation, given) => { dialog().close(); makeEdit(operation, given()); };
  const classes = h("select", { "aria-label": "Class" }, users.map(([each, weight]) => h("option", { value: each, selected: each === model.classes[focus] }, `${label(each)} (${number(weight)})`)));
  const factor = h("input", { type: "number", step: "any", value: "0.5", required: true, "aria-label": "Factor" });
  const fixed = h("input", { type: "number", step: "any", value: "0", required: true, "aria-label": "Activation" });
  const title = h("input", { type: "text", value: concept.name, required: true, maxLength: 120, "aria-label": "New name" });
  const form = (text, fields, button, work) => h("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); work(); } }, h("p", {}, text), h("div", { class: "fields" }, fields, h("button", { class: "tool", type: "submit" }, button)));
  fill(dialog(),
    h("div", { class: `bar ${concept.kind}` }, h("h2", { id: "dialog-title", class: "small" }, label(concept.name), " ", h("span", { class: "badge" }, concept.kind)), h("button", { type: "button", class: "plain", "aria-label": "Close", onclick: () => dialog().close() }, "×")),
    figure(column, `${concept.name}, moving`, false),
    users.length
      ? form("Scale its weight for a class", [classes, "×", factor], "Scale", () => run("change_weight", () => ({ label: classes.value, concept: name, change: "scale", value: Number(factor.value) })))
      : h("p", { class: "note" }, "No class uses it."),
    form("Give it one activation, whatever a clip shows", [fixed], "Fix", () => run("set_activation", () => ({ concept: name, value: Number(fixed.value) }))),
    form("Give it another name", [title], "Rename", () => run("rename", () => ({ old: name, new: title.value.trim() }))),
    h("div", { class: "fields" },
      h("button", { type: "button", class: "tool", onclick: () => run("ablate", () => ({ concepts: [name] })) }, "Switch it off"),
      h("button", { type: "button", class: "tool", onclick: () => run("remove", () => ({ concepts: [name] })) }, "Remove it")),
    h("p", { class: "note" }, "More: ", more(column, concept.kind).map(([name, operation], i) => [i ? ", " : "", h("a", { href: `#view=edit&do=${operation}&concept=${column}`, onclick: () => dialog().close() }, name)]).flat()),
    h("p", { class: "note" }, "Each is an edit of the model for all clips. It can be undone, and the RUN on disk stays as it is."));
  dialog().showModal();
}
