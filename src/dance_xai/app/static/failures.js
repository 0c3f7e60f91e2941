/* Test clips the model gets wrong, with the concepts that decided. */
import { read } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { figure } from "./figures.js";
import { go } from "./open.js";
import { store } from "./store.js";
import { label, number } from "./sum.js";

const MOST = 300;

export async function showFailures() {
  const { failures } = await read("failures"), test = store.model.figures.test;
  fill(byId("failures"), h("h2", {}, "Mistakes"),
    h("p", { class: "lead" }, test.clips ? `${failures.length} of ${test.clips} test clips ${failures.length === 1 ? "is" : "are"} taken for another class${failures.length > 1 ? ", the most surely wrong first" : ""}.` : "The RUN has no labelled test clips."),
    h("ul", { class: "failures" }, failures.slice(0, MOST).map(one)),
    failures.length > MOST ? h("p", { class: "note" }, `The first ${MOST} are shown.`) : null);
}

function one(each) {
  return h("li", { class: "card" },
    h("div", { class: "bar" }, h("h3", {}, h("button", { type: "button", class: "plain", onclick: () => go({ clip: each.clip }) }, each.clip)), each.margin === null ? null : h("span", { class: "num" }, `ahead by ${number(each.margin, 2, false)}`)),
    h("p", {}, `${label(each.label)}, taken for `, h("strong", {}, label(each.says))),
    h("ul", { class: "reasons" }, each.reasons.map(({ column, kind, name, value }) => h("li", { class: kind },
      h("span", { class: "picture" }, figure(column, `${name}, moving`)), h("span", {}, h("span", { class: "tag" }, label(name)), h("span", { class: "looks" }, store.figures.concepts[column].looks ?? kind)), h("span", { class: "num" }, number(value))))));
}
