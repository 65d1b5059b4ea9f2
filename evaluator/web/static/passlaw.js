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
    const text = "That could not be loaded; reload the page to try again.";
    if (event.detail.target.id === "figure") event.detail.target.textContent = text;
    say(text);
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet || event.target.closest("[data-close]")) sheet.close();
  });

  // A value's place in what is sent: `target.model` is the model inside the target.
  function collect(form) {
    const body = {};
    for (const field of form.elements) {
      if (!field.name || (field.type === "checkbox" && !field.checked) || field.value.trim() === "") continue;
      const path = field.name.split(".");
      const inside = path.slice(0, -1).reduce((at, name) => (at[name] ??= {}), body);
      const name = path[path.length - 1];
      if (field.type === "checkbox") (inside[name] ??= []).push(field.value);
      else inside[name] = field.type === "number" ? Number(field.value) : field.value.trim();
    }
    if (form.dataset.shape === "outcome" && !body.run) return { outcome: body };
    return body;
  }

  async function told(response) {
    const text = await response.text();
    try { return JSON.parse(text); } catch { return { detail: text }; }
  }

  async function submit(form, send) {
    const error = form.querySelector(".error"), button = form.querySelector("button");
    if (error) error.textContent = "";
    button.disabled = true;
    try {
      const { status, body } = await send();
      if (status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
      else if (status >= 400) throw new Error(body.detail || `The service answered ${status}.`);
      else location.assign(form.dataset.next.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(body[name])));
    } catch (problem) {
      if (error) error.textContent = problem.message; else say(problem.message);
      button.disabled = false;
    }
  }

  function sendJson(form) {
    return async () => {
      const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(collect(form)) };
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
      request.onerror = () => { bar.hidden = true; reject(new Error("The upload broke off; is the service still there?")); };
      request.open("POST", `${form.dataset.upload}?${query}`);
      request.send(body);
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.api && !form.dataset.upload) return;
    event.preventDefault();
    submit(form, form.dataset.api ? sendJson(form) : sendFile(form));
  });

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
