/* Elements from text, never from HTML: names of clips, classes and files are data. */
export const byId = (id) => document.getElementById(id);

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const fill = (element, ...children) => element.replaceChildren(...children.flat().filter(Boolean));

/* Fill a place again and keep the focus on what has the same data-key, or on the first part that may have it. */
export function refill(place, ...children) {
  const key = place.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : undefined;
  fill(place, ...children);
  if (key !== undefined) (place.querySelector(`[data-key="${key}"]:not(:disabled)`) ?? place.querySelector("[data-key]:not(:disabled)"))?.focus();
}

/* A button that is at work keeps the focus, and does not begin again. */
export async function once(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

export function say(text) {
  byId("status").textContent = text;
}

export function complain(text) {
  const place = byId("alert");
  place.hidden = !text;
  fill(place, text ? [h("span", {}, text), h("button", { class: "plain", type: "button", "aria-label": "Close the message", onclick: () => complain("") }, "×")] : []);
  if (text) place.scrollIntoView({ block: "nearest" });
}

/* Run what may fail, and tell why it did. */
export async function attempt(work) {
  try {
    complain("");
    return await work();
  } catch (error) {
    complain(error.message);
    return null;
  }
}

/* Only the last of several calls in a short time. */
export function soon(work, wait = 150) {
  let timer = 0;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), wait); };
}
