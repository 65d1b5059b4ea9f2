// What links and forms alone cannot do: the sheet of samples, forms that speak to the API, arrow keys, what is
// said aloud. Everything but the forms that say so works without it.
"use strict";

(() => {
  const sheet = document.getElementById("sheet");
  const said = document.getElementById("said");

  function say(text) {
    if (said.textContent !== text) said.textContent = text;
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "sheet-body" && !sheet.open) sheet.showModal();
    if (event.detail.target.id === "sheet-body") sheet.scrollTop = 0;
    const live = document.querySelector("[data-say]");
    if (live) say(live.dataset.say);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const text = "This part could not be loaded. Reload the page to try again.";
    if (event.detail.target.matches("#figure, #all-k")) event.detail.target.textContent = text;
    say(text);
  });
  // Links to samples open in the sheet. One listener serves them all: a map has tens of thousands.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-sheet] a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    htmx.ajax("GET", link.getAttribute("href"), { target: "#sheet-body", source: link });
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet || event.target.closest("[data-close]")) sheet.close();
  });

  // A value's place in what is sent: `target.model` is the model inside the target.
  async function collect(form) {
    const body = {};
    for (const field of form.elements) {
      if (field.type === "file" && field.files[0]) {
        body[field.name] = { name: field.files[0].name, text: await field.files[0].text() };
        continue;
      }
      if (!field.name || (field.type === "checkbox" && !field.checked) || field.value.trim() === "") continue;
      const path = field.name.split(".");
      const inside = path.slice(0, -1).reduce((at, name) => (at[name] ??= {}), body);
      const name = path[path.length - 1];
      if (field.type === "checkbox" || "many" in field.dataset) (inside[name] ??= []).push(field.value);
      else if ("list" in field.dataset) inside[name] = field.value.split(",").map((each) => (field.dataset.list ? Number(each) : each.trim()));
      else inside[name] = field.type === "number" ? Number(field.value) : field.value.trim();
    }
    if (form.dataset.shape === "outcome" && !body.run) return { outcome: body };
    return body;
  }

  async function told(response) {
    const text = await response.text();
    try { return JSON.parse(text); } catch { return { detail: text }; }
  }

  // What is wrong is said beside the field that it is about, in the page's own words where it has some.
  function clearErrors(form) {
    form.querySelectorAll(".field-error").forEach((each) => each.remove());
    form.querySelectorAll("[aria-invalid]").forEach((each) => { each.removeAttribute("aria-invalid"); each.removeAttribute("aria-describedby"); });
    const general = form.querySelector(":scope > .error");
    if (general) general.textContent = "";
  }

  function complain(field, sentence) {
    const group = field.type === "checkbox" ? field.closest("fieldset") : null;
    const label = group ?? field.closest("label");
    const id = `error-${field.name.replaceAll(/\W/g, "-")}`;
    if (document.getElementById(id)) return;
    const note = Object.assign(document.createElement("span"), { id, className: "error field-error", textContent: sentence });
    note.setAttribute("role", "alert");
    if (group || field.form.classList.contains("row")) label.append(note); else label.after(note);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
  }

  // The field that `body.target.flops.float` speaks of; or one inside `body.target`.
  function fieldOf(form, where) {
    const path = where.split(".").slice(1).join(".");
    const named = [...form.elements].filter((each) => each.name);
    const exact = named.filter((each) => path === each.name || path.startsWith(`${each.name}.`));
    return exact.sort((a, b) => b.name.length - a.name.length)[0] ?? (path && named.find((each) => each.name.startsWith(`${path}.`)));
  }

  function explain(form, body, status) {
    const main = form.dataset.main && [...form.elements].find((each) => each.name === form.dataset.main);
    const general = form.querySelector(":scope > .error");
    for (const { where, message } of body.errors ?? []) {
      const field = fieldOf(form, where) || main;
      const words = message;
      // A sentence about this very input says more than the page's own words; a schema's message says less.
      const own = message === body.detail || (field?.type === "file" && words !== message);
      if (field) complain(field, own ? `${words[0].toUpperCase()}${words.slice(1)}` : field.dataset.error ?? words);
      else if (general) general.textContent = words;
    }
    if (!body.errors) {
      const sentence = body.detail || `The service answered ${status}.`;
      if (main) complain(main, sentence); else if (general) general.textContent = sentence; else say(sentence);
    }
    form.querySelector("[aria-invalid]")?.focus();
  }

  function isFilledIn(form) {
    const wrong = [...form.elements].filter((field) => field.willValidate && !field.checkValidity());
    for (const group of form.querySelectorAll("fieldset[data-any]")) {
      const inputs = [...group.querySelectorAll("input")];
      if (inputs.every((each) => each.value.trim() === "")) wrong.push(inputs[0]);
    }
    for (const field of wrong) complain(field, field.dataset.error ?? field.validationMessage);
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  const confirmation = document.getElementById("confirm");
  function confirmed(question) {
    if (!question) return Promise.resolve(true);
    document.getElementById("confirm-title").textContent = question;
    confirmation.returnValue = "no";
    confirmation.showModal();
    return new Promise((resolve) => {
      confirmation.addEventListener("close", () => resolve(confirmation.returnValue === "yes"), { once: true });
    });
  }
  confirmation.addEventListener("click", (event) => {
    if (event.target.closest("[data-yes]")) confirmation.close("yes");
    if (event.target.closest("[data-no]")) confirmation.close("no");
  });

  async function submit(form, send) {
    clearErrors(form);
    if (!isFilledIn(form) || !(await confirmed(form.dataset.confirm))) return;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const { status, body } = await send();
      if (status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
      else if (status >= 400) { explain(form, body, status); button.disabled = false; }
      else location.assign(form.dataset.next.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(body[name])));
    } catch (problem) {
      explain(form, { detail: problem.message }, 0);
      button.disabled = false;
    }
  }

  function sendJson(form) {
    return async () => {
      const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(await collect(form)) };
      const response = await fetch(form.dataset.api, options);
      return { status: response.status, body: await told(response) };
    };
  }

  // XMLHttpRequest, because fetch does not tell how far an upload is.
  function sendFile(form) {
    return () => new Promise((resolve, reject) => {
      const query = new URLSearchParams();
      for (const field of form.elements) {
        if (!field.name || field.type === "file" || (field.type === "checkbox" && !field.checked) || !field.value) continue;
        query.set(field.name, field.value.trim());
      }
      const body = new FormData();
      body.set("file", form.elements.file.files[0]);
      const request = new XMLHttpRequest(), bar = form.querySelector("progress");
      bar.hidden = false;
      request.upload.onprogress = (event) => { bar.value = event.loaded / event.total; };
      request.onload = () => {
        let found = {};
        try { found = JSON.parse(request.responseText); } catch { found = { detail: request.responseText }; }
        bar.hidden = true;
        resolve({ status: request.status, body: found });
      };
      request.onerror = () => { bar.hidden = true; reject(new Error("The upload was interrupted. Check that the service is running, then try again.")); };
      request.open("POST", `${form.dataset.upload}?${query}`);
      request.send(body);
    });
  }

  // The columns of a chosen table are offered where a column is asked for.
  document.addEventListener("change", async (event) => {
    const list = document.getElementById("columns"), file = event.target.type === "file" && event.target.files[0];
    if (!list || !file) return;
    const first = (await file.slice(0, 20000).text()).replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0];
    let names = [];
    try { names = Object.keys(JSON.parse(first)); } catch { names = first.split(",").map((name) => name.trim().replace(/^"|"$/g, "")); }
    list.replaceChildren(...names.slice(0, 200).filter((name) => name).map((name) => Object.assign(document.createElement("option"), { value: name })));
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.api && !form.dataset.upload) return;
    event.preventDefault();
    submit(form, form.dataset.api ? sendJson(form) : sendFile(form));
  });

  // The time of a run that goes on, second by second from where the service saw it.
  function short(seconds) {
    if (seconds < 60) return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds), minutes = Math.floor(whole / 60);
    return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  const begun = new WeakMap();
  setInterval(() => {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      if (!begun.has(clock)) begun.set(clock, performance.now());
      clock.textContent = short(Number(clock.dataset.clock) + (performance.now() - begun.get(clock)) / 1000);
    }
  }, 200);

  // The table of models: sorted by a click on a head, searched, and ticked.
  const leaders = document.getElementById("leaders");
  if (leaders) {
    const body = leaders.tBodies[0], rows = () => [...body.rows];
    const value = (row, column) => row.cells[column].dataset.value ?? "";
    for (const head of leaders.querySelectorAll("th[data-sort]")) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "sort", textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const isText = head.dataset.sort === "text", was = head.getAttribute("aria-sort");
        const order = was ? (was === "ascending" ? "descending" : "ascending") : isText ? "ascending" : "descending";
        leaders.querySelectorAll("[aria-sort]").forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1, column = head.cellIndex;
        const sorted = rows().sort((a, b) => {
          const [left, right] = [value(a, column), value(b, column)];
          if (!left || !right) return (left ? 0 : 1) - (right ? 0 : 1);  // what is not known stays below
          return sign * (isText ? left.localeCompare(right) : Number(left) - Number(right));
        });
        body.append(...sorted);
      });
    }
    const find = document.getElementById("find-model");
    find.closest("[data-script]").hidden = false;
    find.addEventListener("input", () => {
      const wanted = find.value.trim().toLowerCase();
      for (const row of rows()) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      say(`${rows().filter((row) => !row.hidden).length} models`);
    });
    const form = document.getElementById("ticked");
    const count = () => {
      for (const button of form.querySelectorAll("[data-needs]")) {
        const ticks = [...form.querySelectorAll("input:checked")].filter((each) => !button.dataset.of || button.dataset.of in each.dataset);
        const needs = Number(button.dataset.needs);
        button.disabled = "exactly" in button.dataset ? ticks.length !== needs : ticks.length < needs;
      }
    };
    form.addEventListener("change", count);
    count();
  }

  // Arrow keys move through the map and the tiles.
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  document.addEventListener("keydown", (event) => {
    const step = STEPS[event.key], cell = document.activeElement;
    if (!step || !cell?.matches("#map td a, .tiles a")) return;
    let next;
    if (cell.closest(".tiles")) {
      const item = cell.parentElement;
      next = step[0] ? (step[0] < 0 ? item.previousElementSibling : item.nextElementSibling) : null;
    } else {
      const at = cell.parentElement, row = at.parentElement;
      const other = step[1] < 0 ? row.previousElementSibling : row.nextElementSibling;
      next = step[0] ? (step[0] < 0 ? at.previousElementSibling : at.nextElementSibling) : other?.children[at.cellIndex];
    }
    const link = next?.querySelector("a");
    if (link) { event.preventDefault(); link.focus(); }
  });
})();
