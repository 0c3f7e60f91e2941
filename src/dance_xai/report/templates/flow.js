/* The flow from concepts to classes: ribbons as wide as the weights; the filter is shared with the table below it. */
(() => {
  const host = document.getElementById("flow-picture");
  if (!host) return;
  const { classes, concepts, links, rank } = Dance.data.flow;
  const find = document.getElementById("flow-find"), most = document.getElementById("flow-most");
  const byClass = document.getElementById("flow-class"), byConcept = document.getElementById("flow-concept");
  const kinds = [...document.querySelectorAll('input[name="flow-kind"]')];
  const rows = [...document.querySelectorAll("#flow-rows tr")], told = document.getElementById("flow-told");
  const concept = new Map(concepts.map((each) => [each[0], { name: each[1], kind: each[2], says: each[3] }]));
  const className = new Map(classes);
  const ROW = 18, BAR = 7, GAP = 3, HEAD = 24, NARROW = 620;

  const svg = (tag, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const pen = document.createElement("canvas").getContext("2d"), family = getComputedStyle(document.body).fontFamily;
  function textWidth(text, size) {
    pen.font = `${size}px ${family}`;
    return pen.measureText(text).width + 1;
  }
  function shorten(text, width, size) {
    if (textWidth(text, size) <= width) return text;
    let end = text.length;
    while (end > 1 && textWidth(text.slice(0, end) + "…", size) > width) end--;
    return text.slice(0, end).trimEnd() + "…";
  }

  function chosen() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean), limit = Number(most.value);
    const kind = kinds.find((input) => input.checked).value;
    return links.map(([k, j], i) => {
      const { name, kind: own, says } = concept.get(j), text = `${name} ${says} ${className.get(k)}`.toLowerCase();
      return (!limit || rank[i] <= limit) && (kind === "all" || kind === own)
        && (byClass.value === "" || Number(byClass.value) === k) && (byConcept.value === "" || Number(byConcept.value) === j)
        && words.every((word) => text.includes(word));
    });
  }

  /* Nodes from top to bottom, each as high as its ribbons and at least as high as its name. */
  function column(items, side, shown, scale) {
    let y = HEAD;
    const nodes = new Map();
    for (const [id] of items) {
      const own = shown.filter((link) => link[side] === id);
      if (!own.length) continue;
      const thick = own.reduce((sum, link) => sum + Math.abs(link[2]) * scale, 0), height = Math.max(ROW, thick);
      nodes.set(id, { y, height, thick, at: y + (height - thick) / 2 });
      y += height + GAP;
    }
    return { nodes, bottom: y };
  }
  function stretch(side, bottom) {
    const spare = (bottom - side.bottom) / Math.max(1, side.nodes.size);
    [...side.nodes.values()].forEach((node, i) => { node.y += spare * (i + 0.5); node.at += spare * (i + 0.5); });
  }

  function draw() {
    const keep = chosen(), shown = links.filter((_, i) => keep[i]);
    rows.forEach((row, i) => { row.hidden = !keep[i]; });
    document.getElementById("flow-count").value =
      shown.length === links.length ? `${links.length} ${links.length === 1 ? "weight" : "weights"}` : `${shown.length} of ${links.length} weights`;
    const width = host.clientWidth, narrow = width < NARROW;
    if (!width) return;
    if (!shown.length) return host.replaceChildren("No weight fits this filter.");
    const leftWidth = narrow ? width * 0.36 : Math.min(400, width * 0.42), rightWidth = narrow ? width * 0.33 : 170;
    const total = Math.max(...classes.map(([k]) => shown.filter((link) => link[0] === k).reduce((s, l) => s + Math.abs(l[2]), 0)));
    const scale = Math.min(48, Math.max(26, 560 / classes.length)) / total;
    const left = column(concepts, 1, shown, scale), right = column(classes, 0, shown, scale);
    const bottom = Math.max(left.bottom, right.bottom), x0 = leftWidth, x1 = width - rightWidth;
    stretch(left, bottom);
    stretch(right, bottom);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${bottom}`, "aria-hidden": "true", focusable: "false" },
      svg("text", { class: "head", x: x0 - 4, y: 14, "text-anchor": "end" }, "concepts"),
      svg("text", { class: "head", x: x1 + 4, y: 14 }, "classes"));
    const order = (side, other) => (a, b) => other.nodes.get(a[side]).y - other.nodes.get(b[side]).y;
    const start = new Map(), end = new Map();
    for (const link of [...shown].sort(order(0, right))) start.set(link, take(left.nodes.get(link[1]), link, scale));
    for (const link of [...shown].sort(order(1, left))) end.set(link, take(right.nodes.get(link[0]), link, scale));
    for (const link of shown) picture.append(ribbon(link, [x0 + 1, start.get(link)], [x1 - 1, end.get(link)], scale));
    const names = [...left.nodes.keys()].map((j) => concept.get(j)).filter((each) => each.says).map((each) => textWidth(each.name, 12.5));
    const named = narrow ? null : Math.min(Math.max(0, ...names), x0 / 2);
    for (const [j, node] of left.nodes) picture.append(conceptNode(j, node, x0, named));
    for (const [k, node] of right.nodes) picture.append(classNode(k, node, x1, rightWidth));
    host.replaceChildren(picture);
    say();
  }
  function take(node, link, scale) {
    const thick = Math.abs(link[2]) * scale;
    node.at += thick;
    return node.at - thick / 2;
  }

  function ribbon(link, [x0, y0], [x1, y1], scale) {
    const [k, j, weight, text] = link, middle = (x0 + x1) / 2, { name, kind } = concept.get(j);
    return svg("path", {
      class: `flow-link ${kind}${weight < 0 ? " minus" : ""}`, "data-class": k, "data-concept": j,
      d: `M${x0},${y0} C${middle},${y0} ${middle},${y1} ${x1},${y1}`, "stroke-width": Math.max(1.2, Math.abs(weight) * scale),
    }, svg("title", {}, `${name} → ${className.get(k)}: ${text}`));
  }

  function node(kind, { y, height, thick }, x, select, id, key, ...texts) {
    const bar = Math.max(3, thick);
    const group = svg("g", { class: `flow-node ${kind}`, [`data-${key}`]: id }, ...texts,
      svg("rect", { class: "bar", x: x - BAR / 2, y: y + (height - bar) / 2, width: BAR, height: bar, rx: 2 }));
    group.addEventListener("click", () => { select.value = select.value === String(id) ? "" : String(id); draw(); });
    group.addEventListener("pointerenter", () => light(key, String(id)));
    group.addEventListener("pointerleave", () => light(key, null));
    return group;
  }
  /* The name beside the bar, and what the motion looks like in a column of its own where there is room (named: its width). */
  function conceptNode(j, place, x, named) {
    const { name, kind, says } = concept.get(j), y = place.y + place.height / 2 + 4.5, right = x - BAR - 3;
    const texts = [svg("title", {}, says ? `${name}: ${says}` : name),
      svg("rect", { class: "hit", x: 0, y: place.y, width: x, height: place.height }),
      svg("text", { x: right, y, "text-anchor": "end" }, shorten(name, says && named !== null ? named : right - 6, 12.5))];
    if (says && named !== null) {
      const edge = right - named - 14;
      texts.push(svg("text", { class: "says", x: edge, y, "text-anchor": "end" }, shorten(says, edge, 11.5)));
    }
    return node(kind, place, x, byConcept, j, "concept", ...texts);
  }
  function classNode(k, place, x, room) {
    const y = place.y + place.height / 2 + 4.5, name = className.get(k);
    return node("", place, x, byClass, k, "class", svg("title", {}, name),
      svg("rect", { class: "hit", x: x, y: place.y, width: room, height: place.height }),
      svg("text", { x: x + BAR + 3, y }, shorten(name, room - BAR - 8, 12.5)));
  }

  function light(key, id) {
    host.classList.toggle("flow-dim", id !== null);
    for (const path of host.querySelectorAll(".flow-link")) path.classList.toggle("lit", path.dataset[key] === id);
  }

  /* What is selected, with a way to its card. */
  function say() {
    const parts = [];
    const part = (name, href, text) => {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = name;
      parts.push(link, document.createTextNode(text));
    };
    if (byConcept.value !== "") {
      const { name, kind, says } = concept.get(Number(byConcept.value));
      part(name, `#concept-${byConcept.value}`, ` (${kind})${says ? `: ${says}` : ""}. `);
    }
    if (byClass.value !== "") part(className.get(Number(byClass.value)), `#class-${byClass.value}`, ": its card tells more.");
    if (!parts.length) parts.push("Choose a concept or a class, here or above, to follow it alone.");
    told.replaceChildren(...parts);
  }

  for (const input of [find, most, byClass, byConcept, ...kinds]) input.addEventListener("input", draw);
  document.getElementById("flow-clear").addEventListener("click", () => {
    find.value = byClass.value = byConcept.value = "";
    kinds[0].checked = true;
    draw();
  });
  let known = 0;
  new ResizeObserver(() => {
    if (host.clientWidth === known) return;
    known = host.clientWidth;
    draw();
  }).observe(host);
})();
