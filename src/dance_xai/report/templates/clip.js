"use strict";
/* The comparison with other classes, and the JSON to take away. */
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
})();
