/* Reads the console again every five seconds and puts in what is new; without it there is Refresh.
   Comes after directory.js, whose sendOnce locks a form. */
"use strict";

(() => {
  const EVERY = 5000;
  const byId = (id) => document.getElementById(id);
  const live = byId("live");
  const pause = byId("pause");
  let timer;
  let paused = false;
  let announced = "";

  const say = (words) => {
    if (words && words !== announced) byId("spoken").textContent = announced = words;
  };

  /* The content of one element, unless it is the same or the keyboard is in it. */
  const put = (old, fresh) => {
    if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
    if (!old.contains(document.activeElement)) old.replaceChildren(...fresh.childNodes);
  };

  const stateOf = (load) => (load ? load.dataset.state : "off");

  const putLoad = (page) => {
    const [old, fresh] = [byId("load"), page.getElementById("load")];
    if (!old || !fresh) return;
    if (stateOf(old) !== stateOf(fresh)) {
      const inside = old.contains(document.activeElement);
      old.replaceWith(fresh);
      for (const form of fresh.querySelectorAll("form[data-locks]")) sendOnce(form);
      if (inside) {
        const head = byId("load-head");
        head.tabIndex = -1;
        head.focus();
      }
      say(stateOf(fresh) === "running" ? "Load test started." : "Load test stopped.");
      return;
    }
    for (const id of ["load-progress", "load-sentence"]) put(byId(id), page.getElementById(id));
    const [left, now] = [byId("load-left"), page.getElementById("load-left")];
    if (left && now) { left.dataset.left = now.dataset.left; left.textContent = now.textContent; }
  };

  const machinesIn = (rows) => [...rows.children].map((row) => row.dataset.machine);

  const putFleet = (page) => {
    const [old, fresh] = [byId("fleet-rows"), page.getElementById("fleet-rows")];
    for (const row of fresh.children) {
      const before = [...old.children].find((each) => each.dataset.machine === row.dataset.machine);
      if (before && before.dataset.state !== row.dataset.state && row.dataset.state === "Not responding") {
        say(`${row.dataset.machine} is not responding.`);
      }
    }
    if (machinesIn(old).join() !== machinesIn(fresh).join()) {
      const at = document.activeElement.closest("#fleet-rows a")?.getAttribute("href");
      old.replaceChildren(...fresh.children);
      if (at) [...old.querySelectorAll("a")].find((link) => link.getAttribute("href") === at)?.focus();
      return;
    }
    [...old.children].forEach((row, place) => {
      const now = fresh.children[place];
      row.dataset.state = now.dataset.state;
      [...row.cells].forEach((cell, number) => put(cell, now.cells[number]));
    });
  };

  const read = async () => {
    const address = `/info?part=live&machine=${encodeURIComponent(live.dataset.machine)}`;
    const reply = await fetch(address, { headers: { Accept: "text/html" } });
    if (!reply.ok) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const facts = page.getElementById("live-facts");
    if (!facts || paused) return;
    byId("read-at").textContent = facts.dataset.readAt;
    byId("read-at").dateTime = facts.dataset.readIso;
    for (const id of ["machine-head", "machine-facts", "fleet-summary", "fleet-error"]) {
      put(byId(id), page.getElementById(id));
    }
    putLoad(page);
    putFleet(page);
  };

  /* The next reading begins five seconds after the last one ended, so a slow machine is not pressed. */
  const goOn = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        if (!document.hidden) await read();
      } catch {
        // No answer this time: what is shown stays, with the time when it was read.
      } finally {
        if (!paused) goOn();
      }
    }, EVERY);
  };

  /* Between two readings the time that is left goes on by this browser's clock. */
  const tick = () => {
    const left = byId("load-left");
    if (!left || paused) return;
    const seconds = Math.max(0, Number(left.dataset.left) - 1);
    left.dataset.left = seconds;
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };

  const askDoctor = async () => {
    const reply = await fetch("/doctor", { headers: { Accept: "application/json" } });
    if (!reply.ok) return;
    const count = { broken: 0, look: 0, fine: 0 };
    for (const check of (await reply.json()).checks) count[check.state] += 1;
    const warnings = `${count.look} ${count.look === 1 ? "warning" : "warnings"}`;
    byId("tally").textContent = `${count.broken} failed, ${warnings}, ${count.fine} OK just now.`;
  };

  pause.addEventListener("click", () => {
    paused = !paused;
    for (const part of pause.querySelectorAll("[data-when]")) {
      part.hidden = part.dataset.when !== (paused ? "paused" : "running");
    }
    byId("every").textContent = paused ? "Paused. " : "Updates every 5 s. ";
    if (paused) clearTimeout(timer);
    else goOn();
  });
  pause.hidden = false;
  byId("refresh").hidden = true;
  byId("every").hidden = false;
  setInterval(tick, 1000);
  goOn();
  if (byId("tally")) askDoctor().catch(() => {});
})();
