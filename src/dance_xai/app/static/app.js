/* The page: reads the state, opens views, keeps the address in step. */
import { act, finished, read, setToken } from "./api.js";
import { attempt, byId, fill, h, say } from "./dom.js";
import { on, store, tell } from "./store.js";
import { percent } from "./sum.js";
import { open } from "./open.js";
import "./source.js";
import "./explain.js";
import "./history.js";
import { showCatalogue } from "./catalogue.js";
import { showDiagnosis } from "./diagnosis.js";
import { showFailures } from "./failures.js";
import { showForms } from "./forms.js";
import { showComparison } from "./compare.js";

const VIEWS = { explain: "Explain", catalogue: "Concepts", failures: "Mistakes", diagnosis: "Diagnosis", edit: "Edit", compare: "Compare" };
const SHOW = { explain: () => {}, catalogue: showCatalogue, failures: showFailures, diagnosis: showDiagnosis, edit: showForms, compare: showComparison };

function view() {
  const name = new URLSearchParams(location.hash.slice(1)).get("view");
  return name in VIEWS && (name !== "compare" || store.other) ? name : "explain";
}

function showTabs() {
  const names = Object.keys(VIEWS).filter((name) => name !== "compare" || store.other);
  fill(byId("tabs"), names.map((name) =>
    h("a", { href: `#view=${name}`, "aria-current": view() === name ? "page" : null }, VIEWS[name])));
}

async function route() {
  showTabs();
  const name = view(), query = new URLSearchParams(location.hash.slice(1));
  for (const part of document.querySelectorAll("[data-view]")) part.hidden = !part.dataset.view.split(" ").includes(name);
  await attempt(() => SHOW[name]());
  const wanted = query.has("video") ? { video: query.get("video") } : query.has("clip") ? { clip: query.get("clip") } : null;
  if (wanted && JSON.stringify(wanted) !== JSON.stringify(store.source)) await attempt(() => open(wanted));
}

function showCard() {
  const { model } = store, test = model.figures.test;
  byId("title").textContent = model.title;
  document.title = `${model.title} · dance-xai`;
  const parts = [
    `RUN ${model.folder}`,
    `${model.classes.length} classes`,
    `${model.concepts.length} concepts, ${model.nec.toFixed(1)} weights per class`,
    `activations ${model.activations}`,
    model.accuracy === null ? null : `accuracy as fitted ${percent(model.accuracy)}`,
    test.clips ? `now ${test.right} of ${test.clips} test clips right` : null,
  ];
  byId("card").textContent = parts.filter(Boolean).join(" · ");
}

async function refreshed() {
  showCard();
  store.figures = await read("catalogue");
  if (store.source) await open(store.source);
  await SHOW[view()]();
}

async function report(event) {
  const button = event.currentTarget;
  button.disabled = true;
  await attempt(async () => {
    const job = await finished(await act("page"), (now) => { button.textContent = `Report: ${now.step || "waiting"} …`; });
    window.open(`/pages/${job.page}`, "_blank", "noopener");
    say("The report is open in another tab.");
  });
  button.disabled = false;
  button.textContent = "Report";
}

async function begin() {
  const state = await read("state");
  setToken(state.token);
  Object.assign(store, { model: state.model, other: state.other, log: state.log, limits: state.limits, blind: state.blind, videos: state.videos });
  byId("foot").textContent =
    `dance-xai ${state.version}. Videos are deleted once they were looked at; nothing leaves this machine. ` +
    `Up to ${state.limits.megabytes} MB and ${state.limits.seconds} s.`;
  byId("report").addEventListener("click", report);
  showCard();
  store.figures = await read("catalogue");
  tell("begin");
  on("model", () => attempt(refreshed));
  addEventListener("hashchange", route);
  await route();
}

attempt(begin);
