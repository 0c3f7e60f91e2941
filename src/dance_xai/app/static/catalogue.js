/* All concepts of the model, with their moving figures. */
import { byId, fill, h, soon } from "./dom.js";
import { edit } from "./dialog.js";
import { figure } from "./figures.js";
import { store } from "./store.js";
import { label } from "./sum.js";

const STEP = 60;
let most = STEP, words = "", kind = "all";

export function showCatalogue() {
  const kinds = ["all", ...new Set(store.figures.concepts.map((each) => each.kind))];
  const choice = h("select", { "aria-label": "Kind", onchange: (event) => { kind = event.target.value; refresh(); } }, kinds.map((each) => h("option", { value: each, selected: each === kind }, each === "all" ? "All kinds" : each)));
  const search = h("input", { type: "search", id: "find", value: words, placeholder: "Search names, classes and movements", "aria-label": "Search concepts", oninput: soon((event) => { words = event.target.value; refresh(); }) });
  const grid = h("ul", { class: "grid", id: "grid" }), count = h("p", { class: "note tight" });
  fill(byId("catalogue"), h("div", { class: "bar" }, h("h2", {}, "Concepts"), h("div", { class: "search" }, search, choice)), count, grid);
  const refresh = () => { most = STEP; list(grid, count); };
  list(grid, count);
}

const order = (each) => ["motion", "object", "scene"].indexOf(each.kind);

function list(grid, count) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = store.figures.concepts.filter((each) => {
    const text = [each.name, each.kind, each.looks, ...each.users.map(([name]) => label(name))].join(" ").toLowerCase();
    return (kind === "all" || each.kind === kind) && wanted.every((word) => text.includes(word));
  }).sort((a, b) => order(a) - order(b) || b.strength - a.strength || a.column - b.column);
  count.textContent = `${found.length} of ${store.figures.concepts.length} concepts; of each kind those with the largest weights first`;
  const more = found.length > most ? h("li", { class: "all" }, h("button", { type: "button", class: "tool", onclick: () => { most += STEP; list(grid, count); } }, `Show more of ${found.length}`)) : null;
  fill(grid, found.slice(0, most).map(card), more);
}

function card(each) {
  return h("li", { class: `card concept ${each.kind}` },
    figure(each.column, each.looks ?? each.name, false),
    h("div", { class: "bar" }, h("h3", {}, label(each.name)), h("span", { class: "badge" }, each.kind)),
    each.looks ? h("p", { class: "note tight" }, each.looks) : null,
    h("p", { class: "users" }, each.users.length ? each.users.slice(0, 6).map(([name, weight]) => h("span", { class: "chip" }, `${label(name)} ${weight}`)) : "Not used by any class"),
    each.users.length > 6 ? h("p", { class: "note tight" }, `and ${each.users.length - 6} more classes`) : null,
    each.warnings.length ? h("ul", { class: "doubts" }, each.warnings.map((text) => h("li", {}, text))) : null,
    h("details", {}, h("summary", {}, "Figures"), h("dl", {}, each.figures.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])), each.source ? h("p", { class: "note tight" }, each.source) : null),
    h("button", { type: "button", class: "tool", onclick: () => edit(each.column, -1) }, "Change", h("span", { class: "hidden" }, ` ${each.name}`)));
}
