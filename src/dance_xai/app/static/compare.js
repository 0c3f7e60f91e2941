/* This model beside another one, on the test clips that both know. */
import { read } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { go } from "./open.js";
import { store } from "./store.js";
import { label, number, percent } from "./sum.js";

const MOST = 200, ORDER = { worse: "only this model is right", better: "only the other is right", other: "both are wrong, or the class is not known" };

export async function showComparison() {
  const found = await read("comparison"), { model, other } = store;
  const row = (name, value) => h("tr", {}, h("th", { scope: "row" }, name), value.map((text) => h("td", { class: "num" }, text)));
  if (found.trouble) return fill(byId("compare"), h("h2", {}, "Two models"), h("p", { class: "lead" }, found.trouble));
  const right = (side) => (found.labelled ? percent(found.correct[side] / found.labelled) : "–");
  fill(byId("compare"), h("h2", {}, "Two models"),
    h("div", { class: "card scroll" }, h("table", {}, h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col", class: "num" }, `RUN ${model.folder}${store.log.position ? ", edited" : ""}`), h("th", { scope: "col", class: "num" }, `RUN ${other.folder}`))),
      h("tbody", {}, row(`right of ${found.labelled} test clips that both know`, [right(0), right(1)]), row("concepts", [model, other].map((each) => String(each.concepts.length))),
        row("weights per class", [model, other].map((each) => each.nec.toFixed(1))), row("classes", [model, other].map((each) => String(each.classes.length))), row("activations", [model.activations, other.activations])))),
    h("p", { class: "lead" }, `${found.changes.length} of ${found.clips} clips are predicted differently.${found.changes.length ? " Open one to see both side by side." : ""}`),
    h("ul", { class: "failures" }, found.changes.slice(0, MOST).map(one)));
}

function one(each) {
  return h("li", { class: "card" },
    h("div", { class: "bar" }, h("h3", {}, h("button", { type: "button", class: "plain", onclick: () => go({ clip: each.clip }) }, each.clip)), h("span", { class: "chip" }, ORDER[each.effect])),
    h("p", {}, `${label(each.before)} here, ${label(each.after)} there`, each.label ? `; labelled ${label(each.label)}` : ""),
    h("p", { class: "users" }, each.reasons.map(({ name, value }) => h("span", { class: `badge ${name.split(":")[0]}` }, `${label(name.slice(name.indexOf(":") + 1))} ${number(value)}`))));
}
