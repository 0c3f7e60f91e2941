"use strict";
/* The whole clip, the comparison with other classes, and the JSON to take away. */
(() => {
  const byId = (id) => document.getElementById(id);

  const select = byId("other");
  if (select) {
    select.addEventListener("change", () => {
      for (const answer of document.querySelectorAll("[data-answer]")) answer.hidden = answer.dataset.answer !== select.value;
      Dance.wake();
    });
  }

  byId("download").addEventListener("click", () => {
    const text = JSON.stringify(Dance.data.explanation, null, 2);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = "explanation.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });

  const canvas = byId("clip");
  if (!canvas) return;
  const track = Dance.decode(Dance.data.track), skeleton = track.skeleton, speed = track.speed;
  const player = byId("player"), play = byId("play"), seek = byId("seek"), time = byId("time");
  const spots = [...document.querySelectorAll(".spot")];
  const needles = [...document.querySelectorAll(".lane")].map((lane) => {
    const needle = document.createElement("span");
    needle.className = "needle";
    return lane.appendChild(needle);
  });
  const state = { frame: 0, playing: !Dance.calm.matches, from: 0, to: track.rows - 1, inView: false, dirty: true };

  function place(w, h) {
    const [x0, y0, x1, y1] = track.box;
    const scale = Math.min(w / (x1 - x0), h / (y1 - y0));
    const left = (w - (x1 - x0) * scale) / 2, top = (h - (y1 - y0) * scale) / 2;
    return { scale, x: (x) => left + (x - x0) * scale, y: (y) => top + (y - y0) * scale };
  }

  function paint() {
    const [ctx, w, h] = Dance.sharpen(canvas), at = place(w, h);
    if (track.frame) {
      ctx.strokeStyle = Dance.colours.line;
      ctx.lineWidth = 1;
      ctx.strokeRect(at.x(0), at.y(0), track.frame[0] * at.scale, track.frame[1] * at.scale);
    }
    Dance.trails(ctx, track, skeleton, state.frame, 9, at, track.size);
    Dance.body(ctx, track, skeleton, state.frame, at, track.size, 1);
    const frame = Math.round(state.frame), share = 100 * (state.frame + 0.5) / track.rows;
    seek.value = frame;
    const text = track.fps ? `${(frame / track.fps).toFixed(2)} s (${frame})` : `frame ${frame} of ${track.rows}`;
    if (time.value !== text) time.value = text;
    seek.setAttribute("aria-valuetext", text);
    for (const needle of needles) needle.style.left = `${share}%`;
    for (const spot of spots) spot.classList.toggle("now", frame >= +spot.dataset.start && frame < +spot.dataset.stop);
  }

  function setPlaying(playing) {
    state.playing = playing;
    player.classList.toggle("paused", !playing);
    play.setAttribute("aria-label", playing ? "Pause the clip" : "Play the clip");
    state.dirty = true;
    Dance.wake();
  }

  Dance.extras.push((passed) => {
    if (!state.inView) return false;
    if (state.playing) {
      state.frame += passed * speed;
      if (state.frame > state.to) [state.frame, state.from, state.to] = [state.from, 0, track.rows - 1];
    }
    if (state.playing || state.dirty) paint();
    state.dirty = false;
    return state.playing;
  });
  Dance.listeners.push((playing) => { if (playing === null) state.dirty = true; else setPlaying(playing); });

  play.addEventListener("click", () => setPlaying(!state.playing));
  seek.addEventListener("input", () => {
    state.frame = +seek.value;
    [state.from, state.to] = [0, track.rows - 1];
    setPlaying(false);
  });
  function watch(start, stop) {
    state.frame = state.from = start;
    state.to = Math.max(start, stop - 1);
    setPlaying(true);
  }
  for (const spot of spots) spot.addEventListener("click", () => watch(+spot.dataset.start, +spot.dataset.stop));
  for (const jump of document.querySelectorAll(".jump")) {
    jump.addEventListener("click", () => {
      watch(+jump.dataset.start, +jump.dataset.stop);
      player.scrollIntoView({ behavior: Dance.calm.matches ? "auto" : "smooth", block: "center" });
      play.focus({ preventScroll: true });
    });
  }
  new IntersectionObserver(([entry]) => {
    state.inView = entry.isIntersecting;
    state.dirty = true;
    Dance.wake();
  }).observe(canvas);
  setPlaying(state.playing);
})();
