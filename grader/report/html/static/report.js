"use strict";
(() => {
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

  function worth(row, column) {
    const cell = row.cells[column];
    const value = cell.dataset.v ?? cell.textContent.trim();
    const number = value === "" ? NaN : Number(value);
    return Number.isNaN(number) ? value : number;
  }

  function sorted(rows, column, sign) {
    const keyed = rows.map((row, place) => ({ row, place, key: worth(row, column) }));
    const numeric = keyed.every((each) => typeof each.key === "number");
    const compare = numeric
      ? (a, b) => a.key - b.key
      : (a, b) => collator.compare(String(a.key), String(b.key));
    keyed.sort((a, b) => sign * compare(a, b) || a.place - b.place);
    return keyed.map((each) => each.row);
  }

  function sortBy(table, head) {
    const first = head.classList.contains("num") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const order = head.ariaSort === first ? other : first;
    for (const each of table.tHead.rows[0].cells) {
      if (each.hasAttribute("aria-sort")) each.setAttribute("aria-sort", "none");
    }
    head.setAttribute("aria-sort", order);
    const body = table.tBodies[0];
    body.append(...sorted([...body.rows], head.cellIndex, order === "ascending" ? 1 : -1));
  }

  function filter(tools, table, words) {
    const wanted = plain(tools.querySelector("input").value);
    const which = tools.querySelector(".which")?.value ?? "";
    const status = tools.querySelector(".status")?.value ?? "";
    let left = 0;
    for (const row of table.tBodies[0].rows) {
      const letters = row.dataset.s ?? "";
      const asked = which === "" ? letters : letters.charAt(Number(which));
      const fits = (which === "" || (letters !== "" && asked !== "x"))
        && (status === "" || [...status].some((letter) => asked.includes(letter)));
      const shown = fits && words.get(row).includes(wanted);
      row.hidden = !shown;
      left += shown;
    }
    const all = table.tBodies[0].rows.length;
    tools.querySelector("output").value = left === all ? `${all} rows` : `${left} of ${all} rows`;
  }

  function text(table, row) {
    return plain(table.id === "t-students" ? row.cells[0].textContent : row.textContent);
  }

  const said = { p: "right", f: "not right yet", b: "waits for another", t: "to do", m: "to do", n: "not run", x: "not asked for" };

  function tell(table, line) {
    const head = table.querySelector("th.map");
    if (!head || !head.dataset.at) return;
    const at = head.dataset.at.split(" ").map(Number);
    const names = head.dataset.names.split(" ");
    line.hidden = false;
    table.addEventListener("pointermove", (event) => {
      const picture = event.target.closest(".map")?.querySelector("svg");
      if (!picture) return;
      const frame = picture.getBoundingClientRect();
      const x = (event.clientX - frame.left) * picture.viewBox.baseVal.width / frame.width;
      const place = at.findLastIndex((left) => left <= x);
      const row = event.target.closest("tr");
      if (place < 0 || x > at[place] + 9) return;
      const status = row.dataset.s?.charAt(place);
      line.textContent = names[place] + (status ? `: ${said[status]}, ${row.cells[0].textContent}` : "");
    });
  }

  for (const table of document.querySelectorAll("table[id]")) {
    for (const head of table.querySelectorAll("thead th[aria-sort]")) {
      head.querySelector("button").addEventListener("click", () => sortBy(table, head));
    }
  }
  for (const tools of document.querySelectorAll(".tools")) {
    const table = document.getElementById(tools.dataset.for);
    const words = new Map([...table.tBodies[0].rows].map((row) => [row, text(table, row)]));
    const again = () => filter(tools, table, words);
    tools.addEventListener("input", again);
    tools.hidden = false;
    again();
  }
  const students = document.getElementById("t-students");
  if (students) tell(students, document.querySelector(".readout"));
})();
