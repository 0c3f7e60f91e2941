/* global Dance */
/* Moving figures on canvases, drawn with the parts of the pages. */
import { store } from "./store.js";

const stages = new Map();
const visible = new Set();
let playing = !Dance.calm.matches;

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) visible.add(target); else visible.delete(target);
  }
  Dance.wake();
}, { rootMargin: "60px" });

/* A canvas that shows the prototype of a motion concept; null where there is none. */
export function figure(column, text, small = true) {
  const packed = store.figures?.figures[column];
  if (!packed) return null;
  packed.decoded ??= Dance.decode(packed);
  const canvas = document.createElement("canvas");
  canvas.className = small ? "figure small" : "figure";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text);
  stages.set(canvas, { figure: packed.decoded, time: 0, drawn: false });
  watcher.observe(canvas);
  return canvas;
}

function draw(canvas, stage) {
  const [ctx, w, h] = Dance.sharpen(canvas);
  if (!w) return;
  const { view, rows, seconds } = stage.figure, scale = Math.min(w, h) / (2 * view.half);
  const place = { scale, x: (x) => w / 2 + (x - view.x) * scale, y: (y) => h / 2 + (y - view.y) * scale };
  const row = Math.min(1, stage.time / seconds) * (rows - 1);
  if (Dance.calm.matches && !playing) {
    Dance.body(ctx, stage.figure, store.figures.skeleton, 0, place, view.size, 0.2);
    return Dance.body(ctx, stage.figure, store.figures.skeleton, rows - 1, place, view.size, 1);
  }
  Dance.trails(ctx, stage.figure, store.figures.skeleton, row, rows * 0.3, place, view.size);
  Dance.body(ctx, stage.figure, store.figures.skeleton, row, place, view.size, 1);
}

function tick(passed) {
  for (const [canvas, stage] of stages) {
    if (!canvas.isConnected && stage.drawn) { stages.delete(canvas); visible.delete(canvas); watcher.unobserve(canvas); continue; }
    if (!visible.has(canvas)) continue;
    if (playing) stage.time = (stage.time + passed) % (stage.figure.seconds + 0.55);
    if (playing || !stage.drawn) draw(canvas, stage);
    stage.drawn = true;
  }
  return playing && visible.size > 0;
}

Dance.extras.push(tick);
Dance.listeners.push((now) => {
  if (now !== null) playing = now;
  for (const stage of stages.values()) stage.drawn = false;
  Dance.wake();
});
