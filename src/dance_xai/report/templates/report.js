/* The catalogue's filter, and cells of the confusion matrix that open their clips. */
(() => {
  const find = document.getElementById("find"), warned = document.getElementById("warned");
  const used = document.getElementById("used"), count = document.getElementById("count");
  const cards = [...document.querySelectorAll(".concept")], kinds = [...document.querySelectorAll('input[name="kind"]')];

  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = kinds.find((input) => input.checked).value;
    let shown = 0;
    for (const card of cards) {
      const fits = (kind === "all" || card.dataset.kind === kind) && (!warned.checked || card.dataset.warned === "1")
        && (!used.checked || card.dataset.used === "1") && words.every((word) => card.dataset.text.includes(word));
      card.hidden = !fits;
      shown += fits;
    }
    count.value = shown === cards.length ? `${shown} ${shown === 1 ? "concept" : "concepts"}` : `${shown} of ${cards.length} concepts`;
    Dance.wake();
  }
  for (const input of [find, warned, used, ...kinds]) input.addEventListener("input", filter);
  filter();

  /* A link leads to what it names: a hidden concept is shown again, closed clips are opened. */
  function follow() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.tagName === "DETAILS") {
      for (const other of document.querySelectorAll(".pairs details")) other.open = other === target;
      target.firstElementChild.focus();
    }
    if (target.hidden) {
      find.value = "";
      warned.checked = used.checked = false;
      kinds[0].checked = true;
      filter();
      target.scrollIntoView();
    }
  }
  addEventListener("hashchange", follow);
  for (const cell of document.querySelectorAll(".confusion a")) {
    cell.addEventListener("click", () => { if (location.hash === cell.hash) follow(); });
  }
  follow();
})();
