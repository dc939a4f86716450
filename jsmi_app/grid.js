// A table of text inputs. What is typed leaves as a numbered list of edits; what the page makes of it comes back as
// data and is written into the inputs that stand, so that focus and caret stay where they are.
const grids = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  const box = parentElement.querySelector(".grid");
  const form = JSON.stringify([data.label, data.rows, data.columns, data.right, data.below]);
  let grid = grids.get(box);
  if (!grid || grid.form !== form) {
    grid = build(box, data, grid);
    grid.form = form;
    grids.set(box, grid);
  }
  grid.send = () => setStateValue("edits", grid.pending);
  show(grid, data);
}

function build(box, data, before) {
  const active = box.getRootNode().activeElement;
  const at = before && active?.dataset?.at;
  const grid = { last: before?.last ?? 0, pending: before?.pending ?? [] };
  const table = document.createElement("table");
  table.setAttribute("aria-label", data.label);
  const heads = row(table, "thead");
  heads.append(document.createElement("td"));
  for (const name of [...data.columns, ...(data.right === null ? [] : [data.right])]) head(heads, name, "col");
  grid.inputs = data.rows.map((name, x) => {
    const line = row(table, "tbody");
    head(line, name, "row");
    return data.columns.map((column, y) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false });
      input.setAttribute("aria-label", `${name} × ${column}`);
      input.dataset.at = `${x}.${y}`;
      line.appendChild(document.createElement("td")).append(input);
      listen(grid, input, x, y);
      return input;
    });
  });
  grid.right = data.right === null ? [] : [...table.tBodies].map((body) => sum(body.rows[0]));
  if (data.below !== null) {
    const line = row(table, "tfoot");
    head(line, data.below, "row");
    grid.below = [...data.columns, ...(data.right === null ? [] : [data.right])].map(() => sum(line));
  } else grid.below = [];
  // Letters typed here are no shortcuts of the page.
  for (const kind of ["keydown", "keypress", "keyup"]) table.addEventListener(kind, (event) => event.stopPropagation());
  grid.table = table;
  box.replaceChildren(table);
  if (at) box.querySelector(`[data-at="${at}"]`)?.focus();
  return grid;
}

function row(table, part) {
  const section = part === "tbody" ? table.createTBody() : part === "thead" ? table.createTHead() : table.createTFoot();
  return section.insertRow();
}

function head(line, name, scope) {
  const cell = line.appendChild(document.createElement("th"));
  cell.scope = scope;
  cell.textContent = cell.title = name;
}

function sum(line) {
  const cell = line.appendChild(document.createElement("td"));
  cell.className = "sum";
  return cell;
}

function show(grid, data) {
  grid.last = Math.max(grid.last, data.taken);
  grid.pending = grid.pending.filter((edit) => edit.number > data.taken);
  const waiting = new Set(grid.pending.flatMap((edit) => edit.cells.map(([x, y]) => `${x}.${y}`)));
  grid.inputs.forEach((line, x) => line.forEach((input, y) => {
    const typing = input.value !== input.dataset.shown && "shown" in input.dataset;
    const focused = input.getRootNode().activeElement === input;
    input.dataset.shown = data.cells[x][y];
    if (waiting.has(`${x}.${y}`) || (focused && typing && !input.dataset.sent)) return;
    delete input.dataset.sent;
    if (input.value !== data.cells[x][y]) write(input, data.cells[x][y], focused);
  }));
  const longest = Math.max(4, ...data.cells.flat().map((text) => text.length));
  grid.table.style.setProperty("--digits", longest);
  grid.right.forEach((cell, x) => { cell.textContent = data.sums[x]; });
  grid.below.forEach((cell, y) => { cell.textContent = data.totals[y]; });
}

function write(input, text, focused) {
  const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const { selectionStart: start, selectionEnd: end } = input;
  input.value = text;
  if (focused && all) input.select();
  else if (focused) input.setSelectionRange(start, end);
}

function listen(grid, input, x, y) {
  const go = (to) => {
    const next = grid.inputs[to]?.[y];
    if (next) { next.focus(); next.select(); } else { commit(grid, input, x, y); input.select(); }
  };
  input.addEventListener("focus", () => input.select());
  input.addEventListener("input", () => { delete input.dataset.sent; });
  input.addEventListener("blur", () => commit(grid, input, x, y));
  input.addEventListener("keydown", (event) => {
    const steps = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 };
    if (event.isComposing) return;
    if (event.key === "Escape") { input.value = input.dataset.shown; delete input.dataset.sent; input.select(); }
    else if (event.key in steps) { event.preventDefault(); go(x + steps[event.key]); }
  });
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const cells = [];
    text.split("\n").forEach((line, i) => line.split("\t").forEach((value, j) => {
      const target = grid.inputs[x + i]?.[y + j];
      if (!target) return;
      target.value = value.trim();
      target.dataset.sent = "1";
      cells.push([x + i, y + j, target.value]);
    }));
    push(grid, cells);
    input.select();
  });
}

function commit(grid, input, x, y) {
  if (input.value === input.dataset.shown || input.dataset.sent) return;
  input.dataset.sent = "1";
  push(grid, [[x, y, input.value]]);
}

function push(grid, cells) {
  grid.last += 1;
  grid.pending = [...grid.pending, { number: grid.last, cells }];
  grid.send();
}
