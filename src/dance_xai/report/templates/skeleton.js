"use strict";
/* Stick figures on canvases. Figures that share a group play in step. */
const Dance = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const UNSEEN = -32768, HOLD = 0.55, LIMB = 0.072, HEAD = 0.115;

  function decode(pack) {
    const bytes = Uint8Array.from(atob(pack.xy), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    const xy = new Float32Array(bytes.length / 2);
    for (let i = 0; i < xy.length; i++) {
      const step = view.getInt16(2 * i, true);
      xy[i] = step === UNSEEN ? NaN : step * pack.unit;
    }
    return { ...pack, xy };
  }

  const decoded = new Map();
  function figure(key) {
    if (!decoded.has(key)) decoded.set(key, decode(data.figures[key]));
    return decoded.get(key);
  }

  const spline = (a, b, c, d, u) =>
    b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));

  /* Joint k at a fractional row: [x, y, opacity], or null where it was not seen. */
  function joint(fig, k, row) {
    const i = Math.min(Math.floor(row), fig.rows - 1), u = row - i;
    const at = (r, axis) => (r < 0 || r >= fig.rows ? NaN : fig.xy[(r * fig.joints + k) * 2 + axis]);
    const here = !isNaN(at(i, 0)), next = !isNaN(at(i + 1, 0));
    if (here && (u < 1e-6 || !next)) return u < 1e-6 ? [at(i, 0), at(i, 1), 1] : [at(i, 0), at(i, 1), 1 - u];
    if (!here) return next && u > 0 ? [at(i + 1, 0), at(i + 1, 1), u] : null;
    const point = [0, 1].map((axis) => {
      const b = at(i, axis), c = at(i + 1, axis), a = at(i - 1, axis), d = at(i + 2, axis);
      return spline(isNaN(a) ? 2 * b - c : a, b, c, isNaN(d) ? 2 * c - b : d, u);
    });
    return [...point, 1];
  }

  const ours = {};
  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["ink", "muted", "line", "left", "right", "motion", "sunk"]) {
      ours[name] = style.getPropertyValue("--" + name).trim();
    }
    ours.middle = ours.ink;
  }
  readColours();

  /* On pictures: the same in both colour schemes, with a dark rim. */
  const onPicture = { ink: "#ffffff", left: "#74b5ff", right: "#ff86ad", middle: "#ffffff", rim: "rgb(8 10 14 / .62)" };

  /* One pose: trunk, then bones, joints and head. place maps pose units to pixels. */
  function body(ctx, fig, skeleton, row, place, size, opacity, colours = ours) {
    const points = Array.from({ length: fig.joints }, (_, k) => joint(fig, k, row));
    const width = Math.max(1.6, LIMB * size * place.scale);
    const xy = (p) => [place.x(p[0]), place.y(p[1])];
    ctx.lineCap = ctx.lineJoin = "round";
    const trunk = skeleton.trunk.map((k) => points[k]);
    if (trunk.length && trunk.every(Boolean)) {
      ctx.globalAlpha = 0.13 * opacity * Math.min(...trunk.map((p) => p[2]));
      ctx.fillStyle = colours.ink;
      ctx.beginPath();
      trunk.forEach((p, i) => (i ? ctx.lineTo(...xy(p)) : ctx.moveTo(...xy(p))));
      ctx.fill();
    }
    const order = { left: 0, middle: 1, right: 2 };
    const bones = [...skeleton.bones].sort((p, q) => order[p[2]] - order[q[2]]);
    for (const rim of colours.rim ? [true, false] : [false]) {
      for (const [a, b, side] of bones) {
        const p = points[a], q = points[b];
        if (!p || !q || skeleton.face.includes(a) || skeleton.face.includes(b)) continue;
        ctx.globalAlpha = opacity * Math.min(p[2], q[2]) * (side === "middle" && !rim ? 0.55 : 1);
        ctx.strokeStyle = rim ? colours.rim : colours[side];
        ctx.lineWidth = (side === "middle" ? width * 0.62 : width) + (rim ? 2 : 0);
        ctx.beginPath();
        ctx.moveTo(...xy(p));
        ctx.lineTo(...xy(q));
        ctx.stroke();
      }
    }
    points.forEach((p, k) => {
      if (!p || skeleton.face.includes(k)) return;
      ctx.globalAlpha = opacity * p[2];
      ctx.fillStyle = ctx.strokeStyle = colours[k === skeleton.head ? "ink" : skeleton.sides[k]];
      ctx.beginPath();
      ctx.arc(...xy(p), k === skeleton.head ? Math.max(2.2, HEAD * size * place.scale) : width * 0.5, 0, 7);
      if (k !== skeleton.head || !colours.rim) return ctx.fill();
      ctx.lineWidth = Math.max(1.6, width * 0.4);  // a ring: the face stays to be seen
      ctx.stroke();
    });
    ctx.globalAlpha = 1;
  }

  /* Where the tips of the limbs have been during the last rows. */
  function trails(ctx, fig, skeleton, row, span, place, size, colours = ours) {
    const steps = 18;
    ctx.lineCap = "butt";
    for (const k of skeleton.tips) {
      ctx.strokeStyle = colours[skeleton.sides[k]];
      let last = null;
      for (let i = 0; i <= steps; i++) {
        const at = row - span * (1 - i / steps);
        const p = at < 0 ? null : joint(fig, k, at);
        if (p && last) {
          ctx.globalAlpha = 0.42 * (i / steps) * Math.min(p[2], last[2]);
          ctx.lineWidth = Math.max(1, 0.035 * size * place.scale);
          ctx.beginPath();
          ctx.moveTo(place.x(last[0]), place.y(last[1]));
          ctx.lineTo(place.x(p[0]), place.y(p[1]));
          ctx.stroke();
        }
        last = p;
      }
    }
    ctx.globalAlpha = 1;
  }

  function sharpen(canvas) {
    const box = canvas.getBoundingClientRect(), ratio = Math.min(devicePixelRatio || 1, 2);
    const w = Math.round(box.width * ratio), h = Math.round(box.height * ratio);
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, box.width, box.height);
    return [ctx, box.width, box.height];
  }

  const groups = new Map();
  function group(name) {
    if (!groups.has(name)) {
      groups.set(name, { seconds: data.groups[name] || 1.6, time: 0, playing: !calm.matches, touched: false, stages: [] });
    }
    return groups.get(name);
  }
  /* Move a group from outside: phase 0..1, or null for a pose at rest. It no longer plays by itself. */
  function drive(name, at) {
    const g = group(name), time = (at === null ? 0.5 : at) * g.seconds;
    if (g.driven && time === g.time) return;
    Object.assign(g, { driven: true, playing: false, touched: true, time });
    dirty(g.stages);
  }
  const phase = (g) => Math.min(1, g.time / g.seconds);
  const every = () => [...groups.values()].flatMap((g) => g.stages);
  const dirty = (stages) => { for (const stage of stages) stage.dirty = true; };

  /* The picture behind a pose: tiles side by side in one image, spread evenly over the rows. */
  function load(fig) {
    fig.image = new Image();
    fig.image.onload = () => { dirty(every()); wake(); };
    fig.image.src = fig.strip;
  }
  function strip(ctx, fig, at, w, h) {
    if (!fig.image.complete || !fig.image.naturalWidth) return false;
    const side = fig.image.naturalHeight, tile = Math.round(at * (fig.tiles - 1));
    ctx.drawImage(fig.image, tile * side, 0, side, side, 0, 0, w, h);
    return true;
  }

  function draw(stage) {
    const [ctx, w, h] = sharpen(stage.canvas);
    if (!w) return;
    const fig = figure(stage.key), view = fig.view, g = stage.group;
    const scale = Math.min(w, h) / (2 * view.half);
    const still = printing || (calm.matches && !g.playing && !g.touched), share = still ? 1 : phase(g);
    const place = { scale, x: (x) => w / 2 + (x - view.x) * scale, y: (y) => h / 2 + (y - view.y) * scale };
    const row = share * (fig.rows - 1), floor = Math.min(place.y(view.floor) + 0.05 * view.size * scale, h - 4);
    const pictured = fig.strip && strip(ctx, fig, share, w, h), colours = pictured ? onPicture : ours;
    if (pictured) {
      ctx.fillStyle = "rgb(255 255 255 / .35)";
      ctx.fillRect(0, h - 3, w, 3);
      ctx.fillStyle = "#ffffff";
      ctx.fillRect(0, h - 3, w * share, 3);
    } else if (!stage.small) {
      ctx.fillStyle = ours.line;
      ctx.fillRect(w * 0.06, floor, w * 0.88, 2);
      ctx.fillStyle = ours.motion;
      ctx.fillRect(w * 0.06, floor, w * 0.88 * share, 2);
    }
    if (still) {
      for (const [before, opacity] of [[0, 0.12], [0.33, 0.2], [0.66, 0.32]]) {
        body(ctx, fig, data.skeleton, before * (fig.rows - 1), place, view.size, opacity, colours);
      }
      return body(ctx, fig, data.skeleton, row, place, view.size, 1, colours);
    }
    if (!stage.small) trails(ctx, fig, data.skeleton, row, fig.rows * 0.3, place, view.size, colours);
    body(ctx, fig, data.skeleton, row, place, view.size, 1, colours);
  }

  const visible = new Set(), extras = [];
  let last = null, queued = false, printing = false;
  function wake() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(tick);
  }
  function tick(now) {
    queued = false;
    const passed = last === null ? 0 : Math.min(0.1, (now - last) / 1000);
    last = now;
    const active = new Set([...visible].map((stage) => stage.group).filter((g) => g.playing));
    for (const g of active) g.time = (g.time + passed) % (g.seconds + HOLD);
    const more = extras.filter((extra) => extra(passed)).length;
    for (const stage of visible) if (stage.dirty || stage.group.playing) { draw(stage); stage.dirty = false; }
    if (active.size || more) wake(); else last = null;
  }

  function setPlaying(g, playing) {
    if (g.driven) return;
    g.playing = playing;
    g.touched = true;
    for (const stage of g.stages) { stage.dirty = true; mark(stage); }
    wake();
  }
  const mark = (stage) => stage.host.tagName === "BUTTON" && stage.host.setAttribute("aria-pressed", String(!stage.group.playing));

  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const stage = target.stage;
      if (isIntersecting) { visible.add(stage); stage.dirty = true; } else visible.delete(stage);
    }
    wake();
  }, { rootMargin: "60px" });

  for (const canvas of document.querySelectorAll("canvas[data-figure]")) {
    const host = canvas.parentElement, g = group(host.dataset.group);
    const stage = { canvas, host, key: canvas.dataset.figure, group: g, small: host.classList.contains("thumb"), dirty: true };
    canvas.stage = stage;
    g.stages.push(stage);
    mark(stage);
    if (data.figures[stage.key].strip && !figure(stage.key).image) load(figure(stage.key));
    if (host.tagName === "BUTTON") host.addEventListener("click", () => setPlaying(g, !g.playing));
    watcher.observe(canvas);
  }

  const listeners = [];
  function setAll(playing) {
    for (const g of groups.values()) setPlaying(g, playing);
    for (const listener of listeners) listener(playing);
    showAll(playing);
  }
  function showAll(playing) {
    const button = document.getElementById("pause-all");
    button.setAttribute("aria-pressed", String(!playing));
    button.textContent = playing ? "Pause all" : "Play all";
  }
  document.getElementById("pause-all").addEventListener("click", (event) => {
    setAll(event.currentTarget.getAttribute("aria-pressed") === "true");
  });
  if (calm.matches) showAll(false);

  function redraw() {
    readColours();
    dirty(visible);
    for (const listener of listeners) listener(null, printing);
    wake();
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("resize", redraw);

  /* On paper nothing moves: every figure, seen or not, as a series of poses in the light colours. */
  function paper(now) {
    printing = now;
    document.documentElement.classList.toggle("paper", now);
    redraw();
    dirty(every());
    if (now) every().forEach(draw);
  }
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));

  return { data, calm, decode, body, trails, sharpen, colours: ours, onPicture, drive, wake, extras, listeners };
})();
