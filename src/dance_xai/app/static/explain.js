/* One clip: what the model says, and the sum behind it, which moves with the switches. */
import { act, finished } from "./api.js";
import { attempt, byId, fill, h, say } from "./dom.js";
import { figure } from "./figures.js";
import { rows } from "./rows.js";
import { applyChanges } from "./history.js";
import { activations, on, reset, setKind, store } from "./store.js";
import { best, label, logits, number, percent, ranked, softmax, terms } from "./sum.js";

const TOP = 5, REASONS = 4, KINDS = ["motion", "object", "scene"];
let all = false, parts = null;

function welcome() {
  fill(byId("result"), h("div", { class: "card empty" },
    h("h2", {}, "Why does the model say what it says?"),
    h("p", { class: "lead" }, "Drop a video, or choose a clip of the RUN. You get its prediction as a short sum of concepts; switch concepts off or turn them up, and the prediction moves at once."),
    h("ul", { class: "taste" }, strongest().map((each) => h("li", {}, figure(each.column, each.looks ?? each.name, false), h("p", { class: "note tight" }, each.looks ?? ""))))));
}

/* The motions with the largest weights, to look at. */
const strongest = () => store.figures.concepts.filter((each) => store.figures.figures[each.column]).sort((a, b) => b.strength - a.strength).slice(0, 4);

function opened() {
  all = false;
  parts = { head: h("section", { class: "card said", "aria-label": "Prediction" }), sum: h("section", { class: "card", "aria-label": "The sum" }), page: h("section", { class: "card", "aria-label": "The whole page" }) };
  fill(byId("result"), parts.head, parts.sum, parts.page);
  setUpSum();
  setUpPage();
  update();
  say(`${store.reading.clip}: ${label(store.model.classes[store.focus])}`);
}

function setUpSum() {
  const held = KINDS.filter((kind) => store.model.concepts.some((concept) => concept.kind === kind));
  const kinds = held.map((kind) => h("label", { class: `switch ${kind}` },
    h("input", { type: "checkbox", role: "switch", checked: true, "data-kind": kind, onchange: (event) => setKind(kind, event.target.checked) }), h("span", {}, kind)));
  const focus = h("select", { id: "focus", onchange: (event) => { store.focus = Number(event.target.value); if (store.rival === store.focus) store.rival = null; update(); } });
  const rival = h("select", { id: "rival", onchange: (event) => { store.rival = event.target.value === "" ? null : Number(event.target.value); update(); } });
  parts.body = h("div", { class: "fall" });
  parts.reset = h("button", { type: "button", class: "tool", onclick: reset }, "Reset");
  parts.apply = h("button", { type: "button", class: "tool strong", onclick: applyChanges }, "Apply as edit");
  fill(parts.sum, h("div", { class: "bar" },
    h("h2", { class: "small" }, h("label", { for: "focus" }, "The sum for "), focus, h("label", { for: "rival" }, " against "), rival),
    h("div", { class: "switches", role: "group", "aria-label": "Kinds of concepts" }, kinds), h("div", { class: "tools" }, parts.reset, parts.apply)), parts.body,
    h("p", { class: "note" }, "The score is the bias and what each concept adds: its activation in this clip (0 is the mean over train clips, in standard deviations) times its weight for the class. Below a slider the short mark is that mean, the long one this clip. The class with the highest score is what the model says."));
}

function update() {
  if (!store.reading) return;
  const before = logits(store.model, store.reading.main), now = logits(store.model, activations());
  showSaid(before, now);
  fill(byId("focus"), ranked(before).map((k) => h("option", { value: String(k), selected: k === store.focus }, label(store.model.classes[k]))));
  fill(byId("rival"), h("option", { value: "" }, "nothing"), ranked(before).filter((k) => k !== store.focus).map((k) => h("option", { value: String(k), selected: k === store.rival }, label(store.model.classes[k]))));
  for (const box of parts.sum.querySelectorAll("[data-kind]")) {
    box.checked = store.model.concepts.some((concept, j) => concept.kind === box.dataset.kind && store.changed.get(j) !== 0);
  }
  parts.reset.disabled = parts.apply.disabled = store.changed.size === 0;
  rows(parts.body, before, now, { all, more: () => { all = !all; update(); } });
}

function showSaid(before, now) {
  const { model, reading } = store, said = best(now), was = best(before);
  const odds = softmax(now), original = softmax(before);
  const truth = reading.label === null ? null : h("span", { class: `chip ${reading.label === model.classes[said] ? "good" : "bad"}` },
    reading.label === model.classes[said] ? "right" : `wrong: labelled ${label(reading.label)}`);
  const moved = said === was
    ? store.changed.size ? `as it is: ${percent(original[was])}` : "" : `as it is: ${label(model.classes[was])}, ${percent(original[was])}`;
  fill(parts.head,
    h("p", { class: "eyebrow" }, reading.clip, reading.split ? ` · ${reading.split} clip` : ""),
    h("div", { class: "verdict" }, h("h2", { id: "said" }, label(model.classes[said])), h("span", { class: "odds", id: "odds" }, percent(odds[said])), truth,
      moved ? h("span", { class: said === was ? "chip" : "chip bad", id: "moved" }, moved) : null),
    h("div", { class: "sides" }, side(model, now, before, store.other ? "This model" : null, activations()), otherSide()));
}

/* The most probable classes as bars; a line marks each as it was. */
function side(model, now, before, title, values) {
  const odds = softmax(now), original = before ? softmax(before) : odds;
  return h("div", { class: "side-by" }, title ? h("h3", {}, title) : null, h("ol", { class: "classes" }, ranked(now).slice(0, TOP).map((k) =>
    h("li", {}, h("span", { class: "name" }, label(model.classes[k])),
      h("span", { class: "track" }, h("span", { class: "filled", style: { width: `${100 * odds[k]}%` } }), before && store.changed.size ? h("span", { class: "mark", style: { left: `${100 * original[k]}%` } }) : null),
      h("span", { class: "num" }, percent(odds[k]))))),
    title ? reasons(model, best(now), values) : null);
}

/* The largest terms of a class, where two models stand side by side. */
function reasons(model, k, values) {
  const largest = terms(model.weights[k], values).slice(0, REASONS);
  return largest.length === 0 ? null : h("ul", { class: "terms" }, largest.map(({ column, value }) => h("li", { class: model.concepts[column].kind }, h("span", { class: "tag" }, label(model.concepts[column].name)), h("span", { class: "num" }, number(value)))));
}

function otherSide() {
  if (!store.other) return null;
  if (!store.reading.other) return h("div", { class: "side-by" }, h("h3", {}, `RUN ${store.other.folder}`), h("p", { class: "note" }, store.reading.trouble));
  const theirs = logits(store.other, store.reading.other), said = label(store.other.classes[best(theirs)]);
  return h("div", { id: "other" }, side(store.other, theirs, null, `RUN ${store.other.folder}: ${said}`, store.reading.other));
}

function setUpPage() {
  const frame = h("div", { class: "frame" });
  const button = h("button", { type: "button", class: "tool", id: "whole", onclick: () => attempt(() => showPage(button, frame)) }, "Show the whole explanation");
  fill(parts.page, h("div", { class: "bar" }, h("div", {}, h("h2", { class: "small" }, "The clip itself"), h("p", { class: "note tight" }, "Video, skeleton, when and where each concept is seen, and what would change the decision; with the edits of the model, without the switches above.")), button), frame);
}

async function showPage(button, frame) {
  button.disabled = true;
  try {
    const done = await finished(await act("page", store.source), (now) => { button.textContent = now.state === "waiting" ? "Waiting …" : `${now.step} …`; });
    if (done.state !== "done" || !frame.isConnected) return;
    const address = `/pages/${done.page}`;
    fill(frame, h("iframe", { src: address, sandbox: "allow-scripts allow-downloads", title: `Explanation of ${store.reading.clip}` }),
      h("p", { class: "note" }, h("a", { href: address, target: "_blank", rel: "noopener" }, "Open it in a tab of its own")));
    button.hidden = true;
  } finally {
    button.disabled = false;
    button.textContent = "Show the whole explanation";
  }
}

on("begin", welcome);
on("opened", opened);
on("changed", update);
