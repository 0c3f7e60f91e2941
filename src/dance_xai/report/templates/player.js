"use strict";
/* The whole clip: its video, the skeleton drawn on it, and the lanes that light up. */
(() => {
  const byId = (id) => document.getElementById(id);
  const canvas = byId("clip");
  if (!canvas) return;
  const clip = Dance.data.player, fps = clip.speed, last = clip.frames - 1;
  const track = clip.track && Dance.decode(clip.track);
  const player = byId("player"), play = byId("play"), seek = byId("seek"), time = byId("time");
  const loop = byId("loop"), slow = byId("slow"), bones = byId("bones"), video = byId("video");
  const lanes = [...document.querySelectorAll(".lane-row")].map((row) => ({
    row, name: `lane${row.dataset.concept}`, driven: Boolean(row.querySelector(".thumb")),
    spots: [...row.querySelectorAll(".spot")].map((host) => ({
      host, start: +host.dataset.start, stop: +host.dataset.stop, centre: +host.dataset.centre, length: +host.dataset.length,
    })),
  }));
  const state = { playing: false, from: 0, to: last, inView: false, dirty: true, frame: 0 };

  /* Two clocks that tell the frame: one that counts, and the video's own. */
  function counted() {
    let at = 0;
    return {
      frame: () => at,
      advance: (passed) => { at += passed * fps * (slowly() ? 0.25 : 1); },
      seek: (frame) => { at = frame; },
      run: () => {},
    };
  }
  function filmed() {
    let wanted = null, asked = null, shown = null;
    const bytes = Uint8Array.from(atob(clip.video.data), (c) => c.charCodeAt(0));
    video.src = URL.createObjectURL(new Blob([bytes], { type: clip.video.mime }));
    const note = (_, facts) => { shown = facts.mediaTime * fps; video.requestVideoFrameCallback(note); };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(note);
    /* One jump at a time: a browser may never arrive when it is sent elsewhere on the way. */
    const jump = () => { asked = wanted; video.currentTime = (wanted + 0.5) / fps; };
    const arrive = () => {
      if (video.seeking) return;
      if (wanted !== null && wanted !== asked) return jump();
      wanted = null;
      shown = null;
      state.dirty = true;
      Dance.wake();
    };
    for (const event of ["seeked", "loadeddata"]) video.addEventListener(event, arrive);
    return {
      frame() {
        if (wanted !== null) return wanted;
        const now = video.currentTime * fps;
        return shown !== null && Math.abs(now - shown) < 3 ? shown : now;
      },
      advance: () => {},
      seek(frame) { wanted = frame; if (!video.seeking) jump(); },
      run(playing) { if (playing) video.play().catch(() => setPlaying(false)); else video.pause(); },
    };
  }
  const slowly = () => slow.getAttribute("aria-pressed") === "true";
  const clock = video ? filmed() : counted();

  function place(w, h) {
    if (!clip.video && !track.frame) return fit(track.box, w, h);
    const [x1, y1] = (track && track.frame) || clip.size;
    return fit(clip.video ? [0, 0, x1, y1] : track.box, w, h);
  }
  function fit([x0, y0, x1, y1], w, h) {
    const scale = Math.min(w / (x1 - x0), h / (y1 - y0));
    const left = (w - (x1 - x0) * scale) / 2, top = (h - (y1 - y0) * scale) / 2;
    return { scale, x: (x) => left + (x - x0) * scale, y: (y) => top + (y - y0) * scale };
  }

  function paint() {
    const frame = Math.max(0, Math.min(last, video ? Math.floor(state.frame + 0.05) : state.frame));
    const [ctx, w, h] = Dance.sharpen(canvas);
    if (track && w && !(bones && bones.getAttribute("aria-pressed") === "false")) {
      const at = place(w, h), colours = video ? Dance.onPicture : Dance.colours;
      if (!video && track.frame) {
        [ctx.strokeStyle, ctx.lineWidth] = [colours.line, 1];
        ctx.strokeRect(at.x(0), at.y(0), track.frame[0] * at.scale, track.frame[1] * at.scale);
      }
      const size = video ? track.size * 0.6 : track.size;
      Dance.trails(ctx, track, track.skeleton, frame, 9, at, size, colours);
      Dance.body(ctx, track, track.skeleton, frame, at, size, 1, colours);
    }
    tell(Math.min(last, Math.floor(frame + 0.001)), frame);
  }

  function tell(frame, exact) {
    seek.value = frame;
    const text = clip.fps ? `${(frame / clip.fps).toFixed(2)} s · frame ${frame}` : `frame ${frame} of ${clip.frames}`;
    if (time.value !== text) time.value = text;
    seek.setAttribute("aria-valuetext", text);
    player.style.setProperty("--at", `${(100 * (exact + 0.5)) / clip.frames}%`);
    for (const lane of lanes) light(lane, exact);
  }

  /* A lane is lit while its motion happens; its figure is then as far as the clip. */
  function light(lane, frame) {
    let lit = null;
    for (const spot of lane.spots) {
      const now = frame >= spot.start && frame < spot.stop;
      spot.host.classList.toggle("now", now);
      if (now) lit = spot;
    }
    lane.row.classList.toggle("lit", Boolean(lit) && "happens" in lane.row.dataset);
    if (!lane.driven) return;
    const phase = lit && (frame - lit.centre) / Math.max(1, lit.length - 1) + 0.5;
    Dance.drive(lane.name, lit && Math.max(0, Math.min(1, phase)));
  }

  function setPlaying(playing) {
    state.playing = playing;
    player.classList.toggle("paused", !playing);
    play.setAttribute("aria-label", playing ? "Pause the clip" : "Play the clip");
    clock.run(playing && state.inView);
    state.dirty = true;
    Dance.wake();
  }
  function go(frame) {
    state.frame = Math.max(0, Math.min(last, frame));
    clock.seek(state.frame);
    state.dirty = true;
    Dance.wake();
  }
  function within(start, stop) {
    [state.from, state.to] = [start, stop - 1];
    loop.hidden = start === 0 && stop === clip.frames;
  }
  function step(frame) {
    within(0, clip.frames);
    setPlaying(false);
    go(frame);
  }
  function watch(start, stop) {
    if (stop - start < 2) return step(start);
    within(start, Math.min(stop, clip.frames));
    go(start);
    setPlaying(true);
  }

  Dance.extras.push((passed) => {
    if (!state.inView) return false;
    if (state.playing) {
      clock.advance(passed);
      state.frame = clock.frame();
      if (state.frame >= state.to + 1 || (video && video.ended)) {
        go(state.from);
        if (video && video.paused) clock.run(true);
      }
    }
    if (state.playing || state.dirty) paint();
    state.dirty = false;
    return state.playing;
  });
  Dance.listeners.push((playing, printing) => {
    if (playing !== null) return setPlaying(playing);
    clock.run(state.playing && state.inView && !printing);
    if (state.playing) state.frame = clock.frame();
    paint();
  });

  const toggle = (button, then) => button && button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    then();
  });
  toggle(slow, () => { if (video) video.playbackRate = slowly() ? 0.25 : 1; });
  toggle(bones, () => { state.dirty = true; Dance.wake(); });
  play.addEventListener("click", () => setPlaying(!state.playing));
  canvas.addEventListener("click", () => setPlaying(!state.playing));
  loop.addEventListener("click", () => { within(0, clip.frames); setPlaying(true); play.focus({ preventScroll: true }); });
  seek.addEventListener("input", () => step(+seek.value));
  for (const { spots } of lanes) for (const spot of spots) spot.host.addEventListener("click", () => watch(spot.start, spot.stop));
  for (const jump of document.querySelectorAll(".jump")) {
    jump.addEventListener("click", () => {
      watch(+jump.dataset.start, +jump.dataset.stop);
      canvas.scrollIntoView({ behavior: Dance.calm.matches ? "auto" : "smooth", block: "center" });
      play.focus({ preventScroll: true });
    });
  }
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("select, input")) return;
    const moves = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in moves) step(Math.floor(state.frame + 0.05) + moves[event.key]);
    else if (event.key === " " && !event.target.matches("button, summary, a")) setPlaying(!state.playing);
    else return;
    event.preventDefault();
  });
  new IntersectionObserver((entries) => {
    state.inView = entries.at(-1).isIntersecting;
    clock.run(state.playing && state.inView);
    state.dirty = true;
    Dance.wake();
  }).observe(canvas);
  if (Dance.calm.matches && lanes.length) go(Math.round(lanes[0].spots[0].centre));
  setPlaying(!Dance.calm.matches);
})();
