/* Where clips come from: a drop zone, the videos sent before, and the clips of the RUN. */
import { cancel, finished, read, send } from "./api.js";
import { attempt, byId, complain, fill, h, say, soon } from "./dom.js";
import { go } from "./open.js";
import { on, store } from "./store.js";
import { label } from "./sum.js";

const FILTERS = { all: "All, mistakes first", wrong: "Mistakes", test: "Test", train: "Train" };
let sending = null, list, found, drop, progress;

function setUp() {
  const pick = h("input", { type: "file", accept: "video/*,.mkv,.avi,.ts,.gif", id: "pick", class: "hidden", onchange: (event) => { take(event.target.files[0]); event.target.value = ""; } });
  drop = h("label", { class: "drop", for: "pick" },
    h("strong", {}, "Drop a video"), h("span", {}, `or choose one, up to ${store.limits.megabytes} MB and ${store.limits.seconds} s`));
  progress = h("div", { class: "progress", hidden: true });
  const words = h("input", { type: "search", id: "words", placeholder: "Search clips and classes", "aria-label": "Search clips and classes", oninput: soon(refresh) });
  const only = h("select", { id: "only", "aria-label": "Which clips", onchange: refresh }, Object.entries(FILTERS).map(([value, text]) => h("option", { value }, text)));
  found = h("p", { class: "note tight", id: "found" });
  list = h("ul", { class: "clips", id: "clips", tabindex: "0", "aria-label": "Clips" });
  const entrance = store.blind ? [h("p", { class: "note" }, store.blind)] : [pick, drop, progress];
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

function show(text, share) {
  progress.hidden = text === null;
  if (text === null) return fill(progress);
  say(text);
  fill(progress, h("p", {}, text), h("progress", share === null ? { "aria-label": text } : { "aria-label": text, max: 1, value: share }),
    h("button", { type: "button", class: "tool", onclick: () => sending?.stop() }, "Cancel"));
}

async function take(file) {
  if (!file) return;
  if (store.blind) return complain(store.blind);
  if (sending) return complain(`${file.name}: expected one video at a time, got another; wait or cancel the first`);
  if (file.size > store.limits.bytes) return complain(`${file.name}: expected a file of at most ${store.limits.megabytes} MB, got ${Math.ceil(file.size / 1e6)} MB; cut it to one action`);
  await attempt(() => explain(file));
  sending = null;
  show(null);
}

async function explain(file) {
  const upload = send(file, (share) => show(`Sending ${file.name}`, share));
  sending = upload;
  const job = await upload.done;
  if (job.state === "cancelled") return;
  sending = { stop: () => cancel(job.job) };
  const done = await finished(job, (now) => show(now.state === "waiting" ? `Waiting, ${now.before} before it` : `${file.name}: ${now.step}, ${now.seconds.toFixed(0)} s`, null));
  if (done.state !== "done") return;
  store.videos.push({ video: done.video, name: done.what });
  await refresh();
  go({ video: done.video });
}

on("begin", setUp);
on("model", refresh);
on("opened", mark);
