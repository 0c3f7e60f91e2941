"use strict";
/* The catalogue's filter. */
(() => {
  const find = document.getElementById("find"), warned = document.getElementById("warned");
  const count = document.getElementById("count"), cards = [...document.querySelectorAll(".concept")];
  const kinds = [...document.querySelectorAll('input[name="kind"]')];

  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = kinds.find((input) => input.checked).value;
    let shown = 0;
    for (const card of cards) {
      const fits = (kind === "all" || card.dataset.kind === kind) && (!warned.checked || card.dataset.warned === "1")
        && words.every((word) => card.dataset.text.includes(word));
      card.hidden = !fits;
      shown += fits;
    }
    count.value = shown === cards.length ? `${shown} concepts` : `${shown} of ${cards.length} concepts`;
    Dance.wake();
  }
  for (const input of [find, warned, ...kinds]) input.addEventListener("input", filter);

  /* A link to a concept that the filter hides shows it again. */
  addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target || !target.hidden) return;
    find.value = "";
    warned.checked = false;
    kinds[0].checked = true;
    filter();
    target.scrollIntoView();
  });
})();
