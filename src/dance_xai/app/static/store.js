/* What the page knows; whoever shows a part of it listens for its name. */
const bus = new EventTarget();
export const on = (name, work) => bus.addEventListener(name, () => work());
export const tell = (name) => bus.dispatchEvent(new Event(name));

export const store = {
  model: null,      // with the edits of this session
  other: null,      // the model compared with
  log: null,
  limits: null,
  blind: "",        // why the RUN cannot look at new videos
  outcome: null,    // of the last edit
  videos: [],
  reading: null,    // the open clip: activations of one model or two
  source: null,     // {clip} or {video}
  changed: new Map(),  // column -> activation set by hand
  focus: null,      // class whose sum is shown
  rival: null,      // class it is held against; null for none
  figures: null,    // skeleton and packed poses, by column
};

/* Activations of the open clip with what was set by hand. */
export const activations = () => store.reading.main.map((value, j) => (store.changed.has(j) ? store.changed.get(j) : value));

export const isOff = (column) => store.changed.get(column) === 0;

/* What an edit calls a concept: its name; with its kind where others have that name too. */
export const fullName = (concept) => (store.model.concepts.filter(({ name }) => name === concept.name).length > 1 ? `${concept.kind}:${concept.name}` : concept.name);

export function set(column, value) {
  if (value === store.reading.main[column]) store.changed.delete(column); else store.changed.set(column, value);
  tell("changed");
}

export function setKind(kind, shown) {
  store.model.concepts.forEach((concept, j) => {
    if (concept.kind !== kind) return;
    if (shown) store.changed.delete(j); else store.changed.set(j, 0);
  });
  tell("changed");
}

export function reset() {
  store.changed.clear();
  tell("changed");
}
