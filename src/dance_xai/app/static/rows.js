/* The rows of the sum: a switch, a slider and a step of the waterfall per concept. */
import { fill, h } from "./dom.js";
import { edit } from "./dialog.js";
import { figure } from "./figures.js";
import { activations, isOff, set, store } from "./store.js";
import { label, number, rule, steps, terms } from "./sum.js";

const SHOWN = 10;
const kept = new Map();  // rows are updated in place, so that a slider being dragged stays

export function rows(place, before, now, { all, more }) {
  const { model, focus, rival } = store, values = activations();
  const { bias: start, weights } = rule(model, focus, rival), end = (logits) => logits[focus] - (rival === null ? 0 : logits[rival]);
  const list = terms(weights, store.reading.main);
  const shown = all ? list : list.slice(0, SHOWN), rest = list.slice(shown.length);
  const sum = (some) => some.reduce((total, { column, weight }) => total + weight * values[column], 0);
  const parts = shown.map(({ column, weight }) => weight * values[column]);
  if (rest.length) parts.push(sum(rest));
  const fall = steps(start, parts, end(now));
  place.style.setProperty("--zero", `${fall.zero}%`);
  const key = `${focus} ${rival} ${all} ${store.reading.clip} ${store.log.position}`;
  if (kept.get(place)?.key !== key) build(place, key, shown, rest, more, list.length > SHOWN, all);
  const { lines, bias, others, rounding, total } = kept.get(place);
  step(bias, fall.bias, start);
  lines.forEach((line, i) => update(line, fall.parts[i], parts[i], values));
  if (others) step(others, fall.parts.at(-1), parts.at(-1));
  rounding.hidden = Math.abs(fall.residue) < 0.005;
  rounding.querySelector(".num").textContent = number(fall.residue);
  step(total, fall.total, end(now), rival !== null);
  total.querySelector(".was").textContent = store.changed.size ? `as it is ${number(end(before), 2, rival !== null)}` : "";
}

function build(place, key, shown, rest, more, long, all) {
  const bias = plain("Bias", "bias"), total = plain(store.rival === null ? "Score" : "Lead", "total"), rounding = plain("Rounding", "rounding");
  total.querySelector(".label").append(h("span", { class: "was" }));
  const others = rest.length ? plain(`${rest.length} other ${rest.length === 1 ? "concept" : "concepts"}`, "others") : null;
  const lines = shown.map(line);
  kept.clear();
  kept.set(place, { key, lines, bias, others, rounding, total });
  fill(place, bias, lines.map((each) => each.row), others, rounding, total,
    long ? h("button", { type: "button", class: "plain more", onclick: more }, all ? "Show fewer" : `Show all ${shown.length + rest.length}`) : null);
}

const looks = (column) => store.figures?.concepts[column]?.looks ?? "";
const bar = () => h("span", { class: "step" }, h("span", { class: "filled" }));
const plain = (text, kind) => h("div", { class: `row ${kind}` }, h("span", { class: "label" }, text), bar(), h("span", { class: "num" }));

function line({ column, weight }) {
  const concept = store.model.concepts[column], original = store.reading.main[column];
  const low = Math.min(concept.low, original, 0), high = Math.max(concept.high, original, 0);
  const slider = h("input", { type: "range", min: String(low), max: String(high), step: "any", "aria-label": `${concept.name}: activation`,
    oninput: (event) => set(column, near(Number(event.target.value), original, high - low)) });
  const box = h("input", { type: "checkbox", role: "switch", "aria-label": `${concept.name}: on`, onchange: (event) => set(column, event.target.checked ? original : 0) });
  const text = h("span", { class: "why" });
  const place = (value) => String((value - low) / (high - low || 1));
  const row = h("div", { class: `row term ${concept.kind}`, "data-column": String(column) },
    box,
    h("span", { class: "picture" }, figure(column, `${concept.name}, moving`)),
    h("span", { class: "label" }, h("button", { type: "button", class: "plain name", title: "Change the model", onclick: () => edit(column, store.focus) }, label(concept.name)), h("span", { class: "badge" }, concept.kind), h("span", { class: "looks" }, looks(column))),
    h("span", { class: "dial", style: { "--was": place(original), "--usual": place(0) } }, slider, text),
    bar(), h("span", { class: "num" }));
  return { row, column, weight, slider, box, text, original };
}

/* Sliders stick to what the clip has. */
const near = (value, original, width) => (Math.abs(value - original) < width * 0.012 ? original : value);

function update(each, place, value, values) {
  const now = values[each.column], off = isOff(each.column);
  each.box.checked = !off;
  if (document.activeElement !== each.slider || Number(each.slider.value) !== now) each.slider.value = String(now);
  each.slider.setAttribute("aria-valuetext", number(now));
  each.row.classList.toggle("off", off);
  each.row.classList.toggle("changed", store.changed.has(each.column));
  const was = store.changed.has(each.column) ? `, was ${number(each.original)}` : "";
  each.text.textContent = `${off ? "off" : number(now)} × weight ${number(each.weight)}${was}`;
  step(each.row, place, value);
}

function step(row, place, value, sign = true) {
  const filled = row.querySelector(".filled");
  filled.style.setProperty("left", `${place.left}%`);
  filled.style.setProperty("width", `${place.width}%`);
  filled.classList.toggle("minus", value < 0);
  row.querySelector(".num").textContent = number(value, 2, sign);
}
