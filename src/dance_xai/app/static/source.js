/* Where clips come from: a drop zone, the videos sent before, and the clips of the RUN. */
import { read } from "./api.js";
import { attempt, byId, fill, h, soon } from "./dom.js";
import { go } from "./open.js";
import { progressPlace } from "./progress.js";
import { lookAt } from "./send.js";
import { on, store } from "./store.js";
import { label } from "./sum.js";

const FILTERS = { all: "All, mistakes first", wrong: "Mistakes", test: "Test", train: "Train" };
let list, found, drop, place;

function setUp() {
  const pick = h("input", { type: "file", accept: "video/*,.mkv,.avi,.ts,.gif", id: "pick", class: "hidden", onchange: (event) => { take(event.target.files[0]); event.target.value = ""; } });
  drop = h("label", { class: "drop", for: "pick" },
    h("strong", {}, "Drop a video"), h("span", {}, `or choose one, up to ${store.limits.megabytes} MB and ${store.limits.seconds} s`));
  place = progressPlace();
  const words = h("input", { type: "search", id: "words", placeholder: "Search clips and classes", "aria-label": "Search clips and classes", oninput: soon(refresh) });
  const only = h("select", { id: "only", "aria-label": "Which clips", onchange: refresh }, Object.entries(FILTERS).map(([value, text]) => h("option", { value }, text)));
  found = h("p", { class: "note tight", id: "found" });
  list = h("ul", { class: "clips", id: "clips", tabindex: "0", "aria-label": "Clips" });
  const entrance = store.blind ? [h("p", { class: "note" }, store.blind)] : [pick, drop, place];
  fill(byId("source"), h("h2", { class: "small" }, "Videos"), entrance, h("div", { class: "search" }, words, only), found, list);
  for (const name of ["dragenter", "dragover"]) addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) addEventListener(name, () => drop.classList.remove("over"));
  addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); });
  refresh();
}

async function refresh() {
  const query = { words: byId("words").value, only: byId("only").value };
  const tree = await attempt(() => read("clips", query));
  if (!tree) return;
  const videos = store.videos.map((each) => h("li", {}, entry({ video: each.video }, each.name, "sent by you", null)));
  const clips = tree.clips.map((each) => h("li", {}, entry({ clip: each.clip }, each.clip, told(each), each.right)));
  const more = tree.total > tree.clips.length ? `, the first ${tree.clips.length} shown` : "";
  found.textContent = `${tree.total} ${tree.total === 1 ? "clip" : "clips"}${more}`;
  fill(list, videos.reverse(), clips);
  mark();
}

const told = (each) => (each.right === false ? `${label(each.label)}, taken for ${label(each.says)}` : label(each.label ?? each.says)) + (each.split ? ` · ${each.split}` : "");

function entry(source, name, text, right) {
  return h("button", { type: "button", class: right === false ? "clip wrong" : "clip", "data-source": JSON.stringify(source), onclick: () => go(source) },
    h("span", { class: "name" }, name), h("span", { class: "told" }, text));
}

function mark() {
  const open = JSON.stringify(store.source);
  for (const button of list.querySelectorAll("button")) button.setAttribute("aria-current", String(button.dataset.source === open));
}

async function take(file) {
  const seen = file ? await attempt(() => lookAt(file, place)) : null;
  if (seen) go({ video: seen.video });
}

on("begin", setUp);
on("model", refresh);
on("videos", refresh);
on("opened", mark);
