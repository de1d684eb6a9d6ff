/* Asks every two seconds how far an import is and puts in the numbers; without it there is Refresh.
   When the import comes to another state the page is loaded anew, with its buttons and its lines. */
"use strict";

(() => {
  const EVERY = 2000;
  const sheet = document.getElementById("import");
  if (!("atWork" in sheet.dataset)) return;
  let tenth = -1;

  const put = (found) => {
    const bar = document.getElementById("import-bar");
    const words = document.getElementById("import-sentence");
    if (found.total) { bar.max = found.total; bar.value = found.done; }
    // What a reader says aloud is said at each tenth only.
    const now = found.total ? Math.floor((10 * found.done) / found.total) : 0;
    words.setAttribute("aria-live", now !== tenth ? "polite" : "off");
    tenth = now;
    if (words.textContent !== found.words) words.textContent = found.words;
  };

  const read = async () => {
    const reply = await fetch(sheet.dataset.at, { headers: { Accept: "application/json" } });
    if (!reply.ok) return;
    const found = await reply.json();
    if (found.mark !== sheet.dataset.mark) location.reload();
    else put(found);
  };

  const goOn = () => setTimeout(async () => {
    try {
      if (!document.hidden) await read();
    } catch {
      // No answer this time: what is shown stays.
    } finally {
      goOn();
    }
  }, EVERY);

  document.getElementById("refresh").hidden = true;
  goOn();
})();
