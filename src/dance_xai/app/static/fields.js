/* The fields of an edit: each is an element and what it says; undefined leaves the argument out. */
import { read } from "./api.js";
import { attempt, fill, h, soon } from "./dom.js";
import { progressPlace } from "./progress.js";
import { lookAt } from "./send.js";
import { fullName, on, store } from "./store.js";
import { label } from "./sum.js";

const LABELS = {
  concept: "Concept", first: "First concept", second: "Second concept", old: "Concept", new: "New name", label: "Class", change: "How", value: "Value",
  only: "Only these kinds may be used", kinds: "All concepts of these kinds", concepts: "Single concepts", ids: "Clips of the RUN", lam: "Strength of the penalty",
  nec: "Weights per class, at most", most: "Weights of the class, at most", name: "Name of the merged one", names: "Names of the two, with a comma between",
};
const SPECIAL = { "add_class label": "Name of the class", "detach kinds": "From all concepts of these kinds", "detach sources": "From single concepts", "detach concepts": "Concepts to detach" };
const RULES = { forbid: "may not be used for", positive: "may only speak for", negative: "may only speak against" };
const KINDS = ["motion", "object", "scene"], EVERY = "*";

const named = (field) => (SPECIAL[`${field.of} ${field.name}`] ?? LABELS[field.name] ?? label(field.name)) + (field.optional && ["number", "text", "texts"].includes(field.type) ? " (optional)" : "");
const wrapped = (field, input) => h("label", { class: "field" }, h("span", {}, named(field)), input);
const group = (name, ...children) => h("fieldset", { class: "field" }, h("legend", {}, name), ...children);

function conceptChoice(column, name = null) {
  return h("select", { "aria-label": name }, KINDS.map((kind) => {
    const options = store.model.concepts.flatMap((each, j) => (each.kind === kind ? [h("option", { value: fullName(each), selected: j === column }, label(each.name))] : []));
    return options.length ? h("optgroup", { label: kind }, options) : null;
  }));
}

const classChoice = (name = null, every = false) => h("select", { "aria-label": name },
  every ? h("option", { value: EVERY }, "every class") : null, store.model.classes.map((each) => h("option", { value: each }, label(each))));

/* Values that are added one by one and can be taken away. */
function collected(words) {
  const values = [], list = h("ul", { class: "chosen" });
  const show = () => fill(list, values.map((value, i) => h("li", { class: "chip" }, words(value),
    h("button", { type: "button", class: "plain", "aria-label": `Leave out ${words(value)}`, onclick: () => { values.splice(i, 1); show(); } }, "×"))));
  const add = (value) => {
    if (!values.some((each) => JSON.stringify(each) === JSON.stringify(value))) values.push(value);
    show();
  };
  return { values, list, add };
}

const adding = (work, what) => h("button", { type: "button", class: "tool", onclick: work }, "Add", h("span", { class: "hidden" }, ` ${what}`));
const plainName = (name) => label(store.model.concepts.find((each) => fullName(each) === name)?.name ?? name);

const BUILD = {
  concept(field, column) {
    const choice = conceptChoice(column);
    return { element: wrapped(field, choice), value: () => choice.value };
  },
  class(field) {
    const choice = classChoice();
    return { element: wrapped(field, choice), value: () => choice.value };
  },
  choice(field) {
    const choice = h("select", {}, field.choices.map((each) => h("option", { value: String(each) }, String(each))));
    return { element: wrapped(field, choice), value: () => choice.value };
  },
  number(field) {
    const input = h("input", { type: "number", step: "any", required: !field.optional });
    return { element: wrapped(field, input), value: () => (input.value === "" ? undefined : Number(input.value)) };
  },
  text(field) {
    const input = h("input", { type: "text", required: !field.optional, maxLength: 120 });
    return { element: wrapped(field, input), value: () => (field.optional && input.value === "" ? undefined : input.value.trim()) };
  },
  texts(field) {
    const input = h("input", { type: "text", required: !field.optional });
    return { element: wrapped(field, input), value: () => (input.value.trim() === "" ? undefined : input.value.split(",").map((each) => each.trim())) };
  },
  kinds(field) {
    const boxes = KINDS.filter((kind) => store.model.concepts.some((each) => each.kind === kind)).map((kind) => h("input", { type: "checkbox", value: kind }));
    const labels = boxes.map((box) => h("label", { class: `tick ${box.value}` }, box, h("span", {}, box.value)));
    return { element: group(named(field), h("div", { class: "ticks" }, labels)), value: () => boxes.filter((box) => box.checked).map((box) => box.value) };
  },
  concepts(field, column) {
    const choice = conceptChoice(column, "Concept"), { values, list, add } = collected(plainName);
    return { element: group(named(field), h("div", { class: "fields" }, choice, adding(() => add(choice.value), "this concept")), list), value: () => values };
  },
  halves: () => ({ element: null, value: () => undefined }),
  clips: clipsField,
};

/* All lists of pairs of an edit, as rules in a sentence each. */
function rulesField(fields, column) {
  const { values, list, add } = collected(([name, each, concept]) => `${plainName(concept)} ${RULES[name] ?? label(name)} ${each === EVERY ? "every class" : label(each)}`);
  const concept = conceptChoice(column, "Concept"), which = classChoice("Class", true);
  const rule = h("select", { "aria-label": "Rule" }, fields.map(({ name }) => h("option", { value: name }, RULES[name] ?? label(name))));
  const element = group("Rules", h("div", { class: "fields" }, concept, rule, which, adding(() => add([rule.value, which.value, concept.value]), "this rule")), list);
  return { element, values: () => Object.fromEntries(fields.map(({ name }) => [name, values.filter(([each]) => each === name).map(([, ...pair]) => pair)])) };
}

/* Clips of the RUN by their ids, and videos that were sent or are sent now. */
function clipsField(field) {
  const { values, list, add } = collected((id) => id), options = h("datalist", { id: "known-clips" });
  const search = async (words) => fill(options, ((await attempt(() => read("clips", { words })))?.clips ?? []).slice(0, 30).map((each) => h("option", { value: each.clip })));
  const id = h("input", { type: "text", list: "known-clips", "aria-label": "Id of a clip", placeholder: "Id of a clip", oninput: soon((event) => search(event.target.value)),
    onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); take(); } } });
  const take = () => { if (id.value.trim()) add(id.value.trim()); id.value = ""; };
  const ticked = new Set(), sent = h("div", { class: "ticks" }), place = progressPlace();
  const show = () => fill(sent, store.videos.map(({ video, name }) => h("label", { class: "tick" },
    h("input", { type: "checkbox", checked: ticked.has(video), onchange: (event) => (event.target.checked ? ticked.add(video) : ticked.delete(video)) }), h("span", {}, name))));
  const pick = h("input", { type: "file", accept: "video/*,.mkv,.avi,.ts,.gif", multiple: true, "aria-label": "Send videos", onchange: async () => {
    for (const file of pick.files) {
      const seen = await attempt(() => lookAt(file, place));
      if (!seen) break;
      ticked.add(seen.video);
      show();
    }
    pick.value = "";
  } });
  show();
  on("videos", () => { if (sent.isConnected) show(); });
  const videos = group("Videos that you send", sent, store.blind ? h("p", { class: "note tight" }, store.blind) : pick, place);
  return { element: h("div", { class: "both" }, group(named(field), h("div", { class: "fields" }, id, options, adding(take, "this clip")), list), videos),
    value: () => values, videos: () => [...ticked] };
}

/* Fields of a form -> elements, and a function that reads {arguments, videos}. */
export function fieldsOf(form, column) {
  const single = form.fields.filter(({ type }) => type !== "pairs"), pairs = form.fields.filter(({ type }) => type === "pairs");
  const built = single.map((field) => [field.name, BUILD[field.type]({ ...field, of: form.operation }, field.name === "second" ? -1 : column)]);
  const rules = pairs.length ? rulesField(pairs, column) : null;
  const given = () => {
    const known = built.map(([name, { value }]) => [name, value()]).filter(([, value]) => value !== undefined);
    return { arguments: { ...Object.fromEntries(known), ...rules?.values() }, videos: built.flatMap(([, { videos }]) => videos?.() ?? []) };
  };
  return { elements: [rules?.element, ...built.map(([, { element }]) => element)].filter(Boolean), given };
}
