/* Send a video and wait until it was looked at; one at a time. */
import { send } from "./api.js";
import { progress, watch } from "./progress.js";
import { store, tell } from "./store.js";

let sending = "";

/* Returns {video, name}, or null when it was cancelled; fails with one line. */
export async function lookAt(file, place) {
  if (store.blind) throw new Error(store.blind);
  if (sending) throw new Error(`${file.name}: expected one video at a time, got another while ${sending} is looked at; wait or cancel the first`);
  if (file.size > store.limits.bytes) throw new Error(`${file.name}: expected a file of at most ${store.limits.megabytes} MB, got ${Math.ceil(file.size / 1e6)} MB; cut it to one action`);
  sending = file.name;
  try {
    const upload = send(file, (share) => progress(place, `Sending ${file.name}`, share, upload.stop));
    const job = await upload.done;
    const done = job.state === "cancelled" ? null : await watch(place, job, file.name);
    if (!done) return null;
    const seen = { video: done.video, name: done.what };
    store.videos.push(seen);
    tell("videos");
    return seen;
  } finally {
    sending = "";
    progress(place, null);
  }
}
