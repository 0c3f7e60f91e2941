/* Open a clip or a video that was sent. */
import { read } from "./api.js";
import { store, tell } from "./store.js";
import { best, logits } from "./sum.js";

let latest = 0;

export async function open(source) {
  const mine = ++latest, reading = await read("reading", source);
  if (mine !== latest) return;  // another one was opened since
  if (reading.content !== store.model.content) return location.reload();  // edited in another tab
  store.reading = reading;
  store.source = source;
  store.changed.clear();
  store.focus = best(logits(store.model, store.reading.main));
  const truth = store.model.classes.indexOf(store.reading.label);
  store.rival = truth < 0 || truth === store.focus ? null : truth;
  tell("opened");
}

/* Change the address; the page follows it. */
export function go(source) {
  const target = `#${new URLSearchParams(source)}`;
  if (location.hash === target) dispatchEvent(new HashChangeEvent("hashchange")); else location.hash = target;
  scrollTo({ top: 0 });
}
