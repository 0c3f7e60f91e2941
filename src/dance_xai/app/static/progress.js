/* How far something that takes seconds is, with a way to stop it. */
import { cancel, finished } from "./api.js";
import { fill, h, say } from "./dom.js";

export const progressPlace = () => h("div", { class: "progress", hidden: true });

/* Show a step, and the share that is done where it is known; null ends it. */
export function progress(place, text, share = null, stop = null) {
  place.hidden = text === null;
  if (text === null) return fill(place);
  const words = place.querySelector("p"), bar = place.querySelector("progress");
  if (words && bar.hasAttribute("value") === (share !== null)) {  // in place, so that a button that is about to be pressed stays
    words.textContent = text;
    if (share !== null) bar.value = share;
    place.stop = stop;
    return;
  }
  place.stop = stop;
  fill(place, h("p", {}, text), h("progress", share === null ? { "aria-label": "Progress" } : { "aria-label": "Progress", max: 1, value: share }),
    h("button", { type: "button", class: "tool", onclick: () => place.stop?.() }, "Cancel"));
}

/* Wait for a job and show it meanwhile; null when it was cancelled. */
export async function watch(place, job, name) {
  let step = "";
  try {
    const done = await finished(job, (now) => {
      const doing = now.state === "waiting" ? `waiting, ${now.before} before it` : now.step;
      if (doing !== step) say(`${name}: ${doing}`);
      step = doing;
      progress(place, `${name}: ${doing}${now.state === "waiting" ? "" : `, ${now.seconds.toFixed(0)} s`}`, null, () => cancel(job.job));
    });
    return done.state === "done" ? done : null;
  } finally {
    progress(place, null);
  }
}
